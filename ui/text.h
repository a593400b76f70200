#pragma once

#include <QString>

#include <string>
#include <string_view>

namespace belvedere::ui {

/// Core text is UTF-8; the window's is QString.
[[nodiscard]] inline QString toQString(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }
[[nodiscard]] inline std::string toUtf8(const QString& text)
{
    const QByteArray bytes = text.toUtf8();
    return { bytes.constData(), static_cast<std::size_t>(bytes.size()) };
}

}

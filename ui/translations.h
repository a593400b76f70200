#pragma once

#include <QString>

namespace belvedere::ui {

/// A language that the window speaks.
struct Language {
    QString code; ///< "de", "zh_CN"; "" for the system's
    QString name; ///< in itself
};

/// Every language there is a translation for, English first.
[[nodiscard]] QList<Language> languages();

/// Makes the application speak `code`, numbers and dates included; the system's language if it is "". Call once, before the
/// first widget: texts are taken when widgets are made.
void installTranslations(const QString& code);

}

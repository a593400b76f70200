#include "app/shipped_rules.h"

#include "core/base/format.h"

#include <QDir>
#include <QFile>

namespace belvedere::app {

Result<void> copyShippedRules(const std::filesystem::path& folder)
{
    const QDir target(QString::fromStdString(folder.string()));
    if (!target.mkpath(QStringLiteral(".")))
        return failure(ErrorCode::io, formatted("the folder {} cannot be made; check who may write there", folder.string()));
    const QDir shipped(QStringLiteral(":/rules"));
    for (const auto& name : shipped.entryList()) {
        const auto copy = target.filePath(name);
        if (QFile::exists(copy))
            return failure(ErrorCode::alreadyExists, formatted("{} is there already and was left as it is", copy.toStdString()));
        // A copy of a resource may not be written to at first; this one is there to be changed.
        if (!QFile::copy(shipped.filePath(name), copy) || !QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther))
            return failure(ErrorCode::io, formatted("{} cannot be written; check who may write there, and the room on the disk", copy.toStdString()));
    }
    return {};
}

}

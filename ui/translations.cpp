#include "ui/translations.h"

#include <QCoreApplication>
#include <QDir>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace belvedere::ui {

namespace {

    const QString kFolder = QStringLiteral(":/translations");
    const QString kPrefix = QStringLiteral("belvedere_");

    void install(const QLocale& locale, const QString& name, const QString& folder)
    {
        auto* translator = new QTranslator(QCoreApplication::instance());
        if (translator->load(locale, name, QStringLiteral("_"), folder))
            QCoreApplication::installTranslator(translator);
        else
            delete translator; // there is none: the texts stay English
    }

}

QList<Language> languages()
{
    QList<Language> all { { QStringLiteral("en"), QStringLiteral("English") } };
    const auto files = QDir(kFolder).entryList({ kPrefix + QLatin1Char('*') }, QDir::Files, QDir::Name);
    for (const auto& file : files) {
        const auto code = file.sliced(kPrefix.size()).section(QLatin1Char('.'), 0, 0);
        if (code == all.front().code)
            continue; // its file holds only plurals
        auto name = QLocale(code).nativeLanguageName();
        name[0] = name[0].toUpper();
        all.append({ code, name });
    }
    return all;
}

void installTranslations(const QString& code)
{
    const QLocale locale = code.isEmpty() ? QLocale::system() : QLocale(code);
    if (!code.isEmpty())
        QLocale::setDefault(locale);
    // What is installed last is asked first: the language, then Qt's own texts in it, then English for its plurals.
    install(QLocale(QStringLiteral("en")), QStringLiteral("belvedere"), kFolder);
    install(locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    install(locale, QStringLiteral("belvedere"), kFolder);
}

}

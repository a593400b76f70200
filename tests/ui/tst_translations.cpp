#include "ui/translations.h"

#include "tests/ui/support/ui_session.h"

#include <QAction>
#include <QLocale>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;

/// A program of its own: translations stay until the application ends.
class TestTranslations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void offersEveryTranslationInItsOwnName()
    {
        QStringList names;
        const auto all = languages();
        for (const auto& language : all)
            names.append(language.name);
        QCOMPARE(names, (QStringList { QStringLiteral("English"), QStringLiteral("Deutsch"), QStringLiteral("简体中文") }));
    }

    void countsInEnglish()
    {
        installTranslations(QStringLiteral("en"));
        const auto text = [](int count) { return QCoreApplication::translate("belvedere::ui::RowHeader", "%1 (%n panel(s))", nullptr, count); };
        QCOMPARE(text(1), QStringLiteral("%1 (1 panel)"));
        QCOMPARE(text(2), QStringLiteral("%1 (2 panels)"));
    }

    void speaksTheChosenLanguage()
    {
        installTranslations(QStringLiteral("de"));
        QCOMPARE(QLocale().decimalPoint(), QStringLiteral(","));

        test::UiSession session;
        QStringList texts;
        const auto actions = session.openWindow().allActions();
        for (const auto* action : actions)
            texts.append(action->text());
        QVERIFY2(texts.contains(QStringLiteral("&Beenden")), qPrintable(texts.join(QLatin1Char('\n'))));
    }
};

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"

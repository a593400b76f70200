#include "tests/ui/support/ui_session.h"

#include <QDir>
#include <QSet>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;
using test::UiSession;

/// Shows every page at two sizes, light and dark, and checks that it is drawn. With BELVEDERE_SCREENS=folder the
/// pictures are kept there.
class TestScreens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pages_data()
    {
        QTest::addColumn<QString>("pageId");
        QTest::addColumn<QVariantMap>("query");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        const QVariantMap logs { { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), QStringLiteral("{compose_project=\"shop\"}") } };
        const QVariantMap metrics { { QStringLiteral("language"), QStringLiteral("promql") }, { QStringLiteral("expr"), QStringLiteral("sum by (handler) (rate(http_requests_total{job=\"api\"}[5m]))") } };
        const std::vector<std::tuple<const char*, QString, QVariantMap>> views { { "overview", page::kOverview, {} }, { "explore-metrics", page::kExplore, metrics }, { "explore-logs", page::kExplore, logs },
            { "alerts", page::kAlerts, {} }, { "targets", page::kTargets, {} }, { "containers", page::kContainers, {} } };
        for (const auto& [name, id, query] : views) {
            for (const bool dark : { true, false }) {
                for (const QSize size : { QSize(1280, 800), QSize(2560, 1440) })
                    QTest::addRow("%s-%s-%d", name, dark ? "dark" : "light", size.width()) << id << query << dark << size;
            }
        }
    }
    void pages()
    {
        QFETCH(QString, pageId);
        QFETCH(QVariantMap, query);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        UiSession session;
        session.theme.setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
        session.backend.fillWithShop();
        auto& window = session.openWindow(size);
        window.showPage(pageId, query);
        session.settle();

        const QImage picture = window.grab().toImage();

        QCOMPARE(picture.size(), size);
        QSet<QRgb> colors;
        for (int y = 0; y < picture.height(); y += 5) {
            for (int x = 0; x < picture.width(); x += 5)
                colors.insert(picture.pixel(x, y));
        }
        QVERIFY2(colors.size() > 30, "text and lines have many shades");
        if (const auto folder = qEnvironmentVariable("BELVEDERE_SCREENS"); !folder.isEmpty()) {
            QDir().mkpath(folder);
            QVERIFY(picture.save(QStringLiteral("%1/%2.png").arg(folder, QString::fromLatin1(QTest::currentDataTag()))));
        }
    }

    void aChangeOfTheLookLeavesNothingBehind_data()
    {
        QTest::addColumn<QString>("pageId");
        for (const auto& id : { page::kOverview, page::kExplore, page::kAlerts, page::kTargets, page::kContainers })
            QTest::addRow("%s", qPrintable(id)) << id;
    }
    /// A window that was dark first looks in light as one that never was anything else, to the last pixel.
    void aChangeOfTheLookLeavesNothingBehind()
    {
        QFETCH(QString, pageId);
        const auto picture = [&pageId](bool changes) {
            UiSession session;
            session.theme.setMode(changes ? Theme::Mode::dark : Theme::Mode::light);
            session.backend.fillWithShop();
            auto& window = session.openWindow({ 1280, 800 });
            window.showPage(pageId);
            session.settle();
            session.theme.setMode(Theme::Mode::light);
            session.settle();
            return window.grab().toImage();
        };
        const QImage always = picture(false);
        const QImage changed = picture(true);

        QCOMPARE(changed.size(), always.size());
        int differing = 0;
        QRect where;
        for (int y = 0; y < always.height(); ++y) {
            for (int x = 0; x < always.width(); ++x) {
                if (always.pixel(x, y) != changed.pixel(x, y)) {
                    ++differing;
                    where |= QRect(x, y, 1, 1);
                }
            }
        }
        QVERIFY2(differing == 0, qPrintable(QStringLiteral("%1 pixels within %2,%3 %4x%5").arg(differing).arg(where.x()).arg(where.y()).arg(where.width()).arg(where.height())));
    }
};

QTEST_MAIN(TestScreens)
#include "tst_screens.moc"

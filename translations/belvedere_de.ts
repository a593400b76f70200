<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>Window</name>
    <message>
        <source>Belvedere cannot start</source>
        <translation>Belvedere kann nicht starten</translation>
    </message>
</context>
<context>
    <name>belvedere::app::Notifier</name>
    <message>
        <source>%1 has ended</source>
        <extracomment>%1 is the name of an alert</extracomment>
        <translation>%1 ist beendet</translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n firing)</source>
        <extracomment>%1 is the name of an alert, %n the number of its instances that fire</extracomment>
        <translation>
            <numerusform>%1 (%n feuert)</numerusform>
            <numerusform>%1 (%n feuern)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Show the alert</source>
        <translation>Den Alert zeigen</translation>
    </message>
</context>
<context>
    <name>belvedere::app::WindowBackend</name>
    <message>
        <source>%1 names no folder of rules; add rule_files: [rules/*.yml] to it.</source>
        <translation>%1 nennt keinen Ordner mit Regeln; ergänzen Sie rule_files: [rules/*.yml].</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertDetails</name>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Value of the alert over time</source>
        <translation>Wert des Alerts im Zeitverlauf</translation>
    </message>
    <message>
        <source>When it fired</source>
        <translation>Wann er gefeuert hat</translation>
    </message>
    <message>
        <source>No alert selected</source>
        <translation>Kein Alert ausgewählt</translation>
    </message>
    <message>
        <source>firing for %1, since %2</source>
        <translation>feuert seit %1, begonnen %2</translation>
    </message>
    <message>
        <source>pending since %1; fires in %2 if it stays so</source>
        <translation>pending seit %1; feuert in %2, wenn es so bleibt</translation>
    </message>
    <message>
        <source>pending since %1</source>
        <translation>pending seit %1</translation>
    </message>
    <message>
        <source>now %1, fires when %2 %3</source>
        <translation>jetzt %1, feuert bei %2 %3</translation>
    </message>
    <message>
        <source>now %1</source>
        <translation>jetzt %1</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>Erneut versuchen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertHistoryModel</name>
    <message>
        <source>Firing</source>
        <translation>Feuert</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>for %1</source>
        <extracomment>an alert that fires since this long</extracomment>
        <translation>seit %1</translation>
    </message>
    <message>
        <source>end not recorded</source>
        <translation>Ende nicht aufgezeichnet</translation>
    </message>
    <message>
        <source>%1 – %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>Alert</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>Betrifft</translation>
    </message>
    <message>
        <source>Began</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Lasted</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertsModel</name>
    <message>
        <source>Firing</source>
        <translation>Feuert</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Pending</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>Alert</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>Zusammenfassung</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Labels</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::AlertsPage</name>
    <message>
        <source>Alerts</source>
        <translation>Alerts</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>&amp;Filter Alerts</source>
        <translation>Alerts &amp;filtern</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>Die Liste nach Wörtern eingrenzen</translation>
    </message>
    <message>
        <source>&amp;Explore Expression</source>
        <translation>Ausdruck &amp;erkunden</translation>
    </message>
    <message>
        <source>Look at the rule&apos;s expression over time</source>
        <translation>Den Ausdruck der Regel im Zeitverlauf ansehen</translation>
    </message>
    <message>
        <source>Show &amp;Rule</source>
        <translation>&amp;Regel zeigen</translation>
    </message>
    <message>
        <source>Go to the rule behind the alert</source>
        <translation>Zur Regel hinter dem Alert gehen</translation>
    </message>
    <message>
        <source>&amp;Copy Expression</source>
        <translation>Ausdruck &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the rule&apos;s expression</source>
        <translation>Den Ausdruck der Regel kopieren</translation>
    </message>
    <message>
        <source>Filter by name, summary or label</source>
        <translation>Nach Name, Zusammenfassung oder Label filtern</translation>
    </message>
    <message>
        <source>Alerts (%1)</source>
        <translation>Alerts (%1)</translation>
    </message>
    <message>
        <source>Rules (%1 failing)</source>
        <translation>Regeln (%1 mit Fehlern)</translation>
    </message>
    <message>
        <source>There are no rules</source>
        <translation>Es gibt keine Regeln</translation>
    </message>
    <message>
        <source>A rule says when something deserves attention. Put rule files, as Prometheus reads them, into %1/rules; they are read at once.</source>
        <translation>Eine Regel sagt, wann etwas Aufmerksamkeit verdient. Legen Sie Regeldateien, wie Prometheus sie liest, in %1/rules ab; sie werden sofort gelesen.</translation>
    </message>
    <message>
        <source>Nothing fires</source>
        <translation>Nichts feuert</translation>
    </message>
    <message>
        <source>No alert fits</source>
        <translation>Kein Alert passt</translation>
    </message>
    <message>
        <source>Every rule was evaluated and found nothing to report.</source>
        <translation>Alle Regeln wurden ausgewertet, es gibt nichts zu melden.</translation>
    </message>
    <message>
        <source>No pending or firing alert has these words.</source>
        <translation>Kein Alert, der pending ist oder feuert, enthält diese Wörter.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Alerts, history and rules</source>
        <translation>Alerts, Verlauf und Regeln</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Show &amp;Logs</source>
        <translation>&amp;Logs zeigen</translation>
    </message>
    <message>
        <source>Read the lines of what the alert is about</source>
        <translation>Die Zeilen dessen lesen, worum es im Alert geht</translation>
    </message>
    <message>
        <source>Open Run&amp;book</source>
        <translation>Run&amp;book öffnen</translation>
    </message>
    <message>
        <source>Open what to do, as the rule names it, in the browser</source>
        <translation>Im Browser öffnen, was laut Regel zu tun ist</translation>
    </message>
    <message>
        <source>Filter by name or label</source>
        <translation>Nach Name oder Label filtern</translation>
    </message>
    <message>
        <source>History of alerts</source>
        <translation>Verlauf der Alerts</translation>
    </message>
    <message>
        <source>No alert has fired</source>
        <translation>Kein Alert hat gefeuert</translation>
    </message>
    <message>
        <source>Every alert that fires is kept here with its beginning and its end.</source>
        <translation>Jeder Alert, der feuert, wird hier mit Anfang und Ende festgehalten.</translation>
    </message>
    <message>
        <source>No alert of the past has these words.</source>
        <translation>Kein früherer Alert enthält diese Wörter.</translation>
    </message>
    <message>
        <source>Firing alert</source>
        <extracomment>kinds of things that the palette finds</extracomment>
        <translation>Feuernder Alert</translation>
    </message>
    <message>
        <source>Alert</source>
        <translation>Alert</translation>
    </message>
    <message>
        <source>Recording rule</source>
        <translation>Recording-Regel</translation>
    </message>
    <message>
        <source>Add Shipped Rules</source>
        <translation>Mitgelieferte Regeln übernehmen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Find a page, an action, a dashboard, a metric, a label or an alert</source>
        <translation>Seite, Aktion, Dashboard, Metrik, Label oder Alert finden</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::Completion</name>
    <message>
        <source>aggregation</source>
        <translation>Aggregation</translation>
    </message>
    <message>
        <source>function</source>
        <translation>Funktion</translation>
    </message>
    <message>
        <source>keyword</source>
        <translation>Schlüsselwort</translation>
    </message>
    <message>
        <source>metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>Stufe</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ContainersModel</name>
    <message>
        <source>not read</source>
        <translation>nicht gelesen</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>Ports</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>Neustarts</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>Logzeilen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ContainersPage</name>
    <message>
        <source>Filter by name, image or state</source>
        <translation>Nach Name, Image oder Zustand filtern</translation>
    </message>
    <message>
        <source>Containers</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>&amp;Filter Containers</source>
        <translation>Container &amp;filtern</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>Die Liste nach Wörtern eingrenzen</translation>
    </message>
    <message>
        <source>Show &amp;Logs</source>
        <translation>&amp;Logs zeigen</translation>
    </message>
    <message>
        <source>Read the container&apos;s lines in Explore</source>
        <translation>Die Zeilen des Containers unter „Erkunden“ lesen</translation>
    </message>
    <message>
        <source>&amp;Copy Id</source>
        <translation>ID &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the container&apos;s id</source>
        <translation>Die ID des Containers kopieren</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Docker cannot be reached</source>
        <translation>Docker ist nicht erreichbar</translation>
    </message>
    <message>
        <source>No containers</source>
        <translation>Keine Container</translation>
    </message>
    <message>
        <source>Containers appear here as soon as Docker starts one, and their logs are read from the first line on.</source>
        <translation>Container erscheinen hier, sobald Docker einen startet; ihre Logs werden von der ersten Zeile an gelesen.</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Service</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>ID</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>Erstellt</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Gestartet</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>Neustarts</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Logs</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>Ports</translation>
    </message>
    <message>
        <source>Logs of the &amp;Service</source>
        <translation>Logs des &amp;Service</translation>
    </message>
    <message>
        <source>Read the lines of all containers of the same service</source>
        <translation>Die Zeilen aller Container desselben Service lesen</translation>
    </message>
    <message>
        <source>No container selected</source>
        <translation>Kein Container ausgewählt</translation>
    </message>
    <message>
        <source>%1, ended %2</source>
        <translation>%1, beendet %2</translation>
    </message>
    <message>
        <source>followed; lines read since Belvedere started: %1</source>
        <translation>wird gelesen; Zeilen seit dem Start von Belvedere: %1</translation>
    </message>
    <message>
        <source>not followed</source>
        <translation>wird nicht gelesen</translation>
    </message>
    <message>
        <source>Its logs are not read: %1</source>
        <translation>Seine Logs werden nicht gelesen: %1</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::DashboardView</name>
    <message>
        <source>&amp;View Large</source>
        <translation>&amp;Groß ansehen</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>&amp;Bearbeiten …</translation>
    </message>
    <message>
        <source>E&amp;xplore</source>
        <translation>&amp;Erkunden</translation>
    </message>
    <message>
        <source>&amp;Inspect Query…</source>
        <translation>Abfrage &amp;untersuchen …</translation>
    </message>
    <message>
        <source>&amp;Duplicate</source>
        <translation>&amp;Duplizieren</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
    <message>
        <source>open row</source>
        <translation>Zeile öffnen</translation>
    </message>
    <message>
        <source>fold row</source>
        <translation>Zeile zuklappen</translation>
    </message>
    <message>
        <source>duplicate panel</source>
        <translation>Panel duplizieren</translation>
    </message>
    <message>
        <source>remove panel</source>
        <translation>Panel entfernen</translation>
    </message>
    <message>
        <source>New panel</source>
        <translation>Neues Panel</translation>
    </message>
    <message>
        <source>add panel</source>
        <translation>Panel hinzufügen</translation>
    </message>
    <message>
        <source>edit panel</source>
        <translation>Panel bearbeiten</translation>
    </message>
    <message>
        <source>move panel</source>
        <translation>Panel verschieben</translation>
    </message>
    <message>
        <source>resize panel</source>
        <translation>Panelgröße ändern</translation>
    </message>
    <message>
        <source>instant, %1 ms</source>
        <translation>Zeitpunkt, %1 ms</translation>
    </message>
    <message>
        <source>step %1 s, %2 ms</source>
        <translation>Schritt %1 s, %2 ms</translation>
    </message>
    <message>
        <source>This panel has no queries.</source>
        <translation>Dieses Panel hat keine Abfragen.</translation>
    </message>
    <message>
        <source>Queries of “%1”</source>
        <translation>Abfragen von „%1“</translation>
    </message>
    <message>
        <source>rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Some queries had no answer after %1 s.</source>
        <translation>Einige Abfragen waren nach %1 s noch ohne Antwort.</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::DashboardsPage</name>
    <message>
        <source>All &amp;Dashboards</source>
        <translation>Alle &amp;Dashboards</translation>
    </message>
    <message>
        <source>Back to the list of dashboards</source>
        <translation>Zurück zur Liste der Dashboards</translation>
    </message>
    <message>
        <source>&amp;New Dashboard</source>
        <translation>&amp;Neues Dashboard</translation>
    </message>
    <message>
        <source>Start an empty dashboard</source>
        <translation>Ein leeres Dashboard anlegen</translation>
    </message>
    <message>
        <source>&amp;Open File…</source>
        <translation>Datei ö&amp;ffnen …</translation>
    </message>
    <message>
        <source>Open a dashboard that Grafana exported</source>
        <translation>Ein aus Grafana exportiertes Dashboard öffnen</translation>
    </message>
    <message>
        <source>&amp;Edit Layout</source>
        <translation>Layout &amp;bearbeiten</translation>
    </message>
    <message>
        <source>Move and resize panels with the mouse or the arrow keys</source>
        <translation>Panels mit Maus oder Pfeiltasten verschieben und in der Größe ändern</translation>
    </message>
    <message>
        <source>&amp;Add Panel…</source>
        <translation>Panel &amp;hinzufügen …</translation>
    </message>
    <message>
        <source>Add a panel at the end</source>
        <translation>Am Ende ein Panel hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Take the last change back</source>
        <translation>Die letzte Änderung zurücknehmen</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Do the change again</source>
        <translation>Die Änderung wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
    <message>
        <source>Save as Grafana JSON</source>
        <translation>Als Grafana-JSON speichern</translation>
    </message>
    <message>
        <source>Save &amp;As…</source>
        <translation>Speichern &amp;unter …</translation>
    </message>
    <message>
        <source>Save a copy as Grafana JSON</source>
        <translation>Eine Kopie als Grafana-JSON speichern</translation>
    </message>
    <message>
        <source>Import &amp;Report…</source>
        <translation>&amp;Importbericht …</translation>
    </message>
    <message>
        <source>What was changed, guessed or left out when the file was opened</source>
        <translation>Was beim Öffnen der Datei geändert, angenommen oder weggelassen wurde</translation>
    </message>
    <message>
        <source>New dashboard</source>
        <translation>Neues Dashboard</translation>
    </message>
    <message>
        <source>Open Dashboard</source>
        <translation>Dashboard öffnen</translation>
    </message>
    <message>
        <source>Dashboards (*.json)</source>
        <translation>Dashboards (*.json)</translation>
    </message>
    <message>
        <source>Filter dashboards</source>
        <translation>Dashboards filtern</translation>
    </message>
    <message>
        <source>Dashboards</source>
        <translation>Dashboards</translation>
    </message>
    <message>
        <source>There are no dashboards yet. Open a file that Grafana exported, start a new one, or put JSON files into
%1</source>
        <translation>Es gibt noch keine Dashboards. Öffnen Sie eine aus Grafana exportierte Datei, legen Sie ein neues an, oder legen Sie JSON-Dateien ab in
%1</translation>
    </message>
    <message>
        <source>The dashboard could not be opened: %1</source>
        <translation>Das Dashboard konnte nicht geöffnet werden: %1</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s) of this dashboard are kept but not shown.</source>
        <translation>
            <numerusform>%n Teil dieses Dashboards bleibt erhalten, wird aber nicht dargestellt.</numerusform>
            <numerusform>%n Teile dieses Dashboards bleiben erhalten, werden aber nicht dargestellt.</numerusform>
        </translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>&amp;Rückgängig: %1</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>&amp;Wiederholen: %1</translation>
    </message>
    <message>
        <source>Save Dashboard</source>
        <translation>Dashboard speichern</translation>
    </message>
    <message>
        <source>The dashboard was not saved: %1. It is still open; save it elsewhere.</source>
        <translation>Das Dashboard wurde nicht gespeichert: %1. Es ist noch offen; speichern Sie es an einem anderen Ort.</translation>
    </message>
    <message>
        <source>Kept, not shown</source>
        <translation>Erhalten, nicht dargestellt</translation>
    </message>
    <message>
        <source>Guessed</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Brought up to date</source>
        <translation>Auf den heutigen Stand gebracht</translation>
    </message>
    <message>
        <source>Import Report</source>
        <translation>Importbericht</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>Dashboard</translation>
    </message>
    <message>
        <source>Rena&amp;me…</source>
        <translation>U&amp;mbenennen …</translation>
    </message>
    <message>
        <source>Give the dashboard another title</source>
        <translation>Dem Dashboard einen anderen Titel geben</translation>
    </message>
    <message>
        <source>Unsaved Changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>“%1” has changes that are not saved.</source>
        <translation>„%1“ hat Änderungen, die nicht gespeichert sind.</translation>
    </message>
    <message>
        <source>Rename Dashboard</source>
        <translation>Dashboard umbenennen</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Choose the dashboard that gets the panel “%1”, or start a new one.</source>
        <translation>Wählen Sie das Dashboard, das das Panel „%1“ bekommt, oder beginnen Sie ein neues.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Add a Panel</source>
        <translation>Panel hinzufügen</translation>
    </message>
    <message>
        <source>shipped</source>
        <extracomment>a dashboard that came with the program</extracomment>
        <translation>mitgeliefert</translation>
    </message>
    <message numerus="yes">
        <source>%n panel(s)</source>
        <translation>
            <numerusform>%n Panel</numerusform>
            <numerusform>%n Panels</numerusform>
        </translation>
    </message>
    <message>
        <source>No dashboard has these words in its title, description or tags.</source>
        <translation>Kein Dashboard enthält diese Wörter in Titel, Beschreibung oder Tags.</translation>
    </message>
    <message>
        <source>&amp;Filter Dashboards</source>
        <translation>Dashboards &amp;filtern</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>Die Liste nach Wörtern eingrenzen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ExplorePage</name>
    <message>
        <source>&amp;Metrics</source>
        <translation>&amp;Metriken</translation>
    </message>
    <message>
        <source>Ask in PromQL</source>
        <translation>In PromQL fragen</translation>
    </message>
    <message>
        <source>&amp;Logs</source>
        <translation>&amp;Logs</translation>
    </message>
    <message>
        <source>Ask in LogQL</source>
        <translation>In LogQL fragen</translation>
    </message>
    <message>
        <source>&amp;Run Query</source>
        <translation>Abfrage &amp;ausführen</translation>
    </message>
    <message>
        <source>Run the query</source>
        <translation>Die Abfrage ausführen</translation>
    </message>
    <message>
        <source>&amp;Stop Query</source>
        <translation>Abfrage &amp;stoppen</translation>
    </message>
    <message>
        <source>Cancel this page&apos;s query</source>
        <translation>Die Abfrage dieser Seite abbrechen</translation>
    </message>
    <message>
        <source>&amp;Edit Query</source>
        <translation>Abfrage &amp;bearbeiten</translation>
    </message>
    <message>
        <source>Go to the query</source>
        <translation>Zur Abfrage gehen</translation>
    </message>
    <message>
        <source>&amp;Complete</source>
        <translation>&amp;Vervollständigen</translation>
    </message>
    <message>
        <source>Offer metrics, labels, values and functions</source>
        <translation>Metriken, Labels, Werte und Funktionen vorschlagen</translation>
    </message>
    <message>
        <source>Line &amp;Details</source>
        <translation>Zeilen&amp;details</translation>
    </message>
    <message>
        <source>Show all of the chosen log line</source>
        <translation>Die gewählte Logzeile ganz zeigen</translation>
    </message>
    <message>
        <source>C&amp;opy Result</source>
        <translation>Ergebnis &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy what is shown as text</source>
        <translation>Das Gezeigte als Text kopieren</translation>
    </message>
    <message>
        <source>Data source</source>
        <translation>Datenquelle</translation>
    </message>
    <message>
        <source>Where the query runs</source>
        <translation>Wo die Abfrage läuft</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Log lines over time</source>
        <translation>Logzeilen im Zeitverlauf</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stoppen</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Metriken</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Logs</translation>
    </message>
    <message>
        <source>This workspace</source>
        <translation>Dieser Workspace</translation>
    </message>
    <message>
        <source>There is no data source for this language</source>
        <translation>Für diese Sprache gibt es keine Datenquelle</translation>
    </message>
    <message>
        <source>The workspace&apos;s own stores appear here by themselves; remote ones are named in workspace.yml.</source>
        <translation>Die eigenen Speicher des Workspace erscheinen hier von selbst; entfernte werden in workspace.yml genannt.</translation>
    </message>
    <message>
        <source>Running the query…</source>
        <translation>Abfrage läuft …</translation>
    </message>
    <message>
        <source>%1 series · %2 samples · step %3 · %4</source>
        <translation>%1 Zeitreihen · %2 Samples · Schritt %3 · %4</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>No series match in %1. The range may be too short, or a label may be misspelt; Ctrl+Space in the query offers what there is.</source>
        <translation>Keine Zeitreihe passt in %1. Vielleicht ist der Zeitraum zu kurz oder ein Label falsch geschrieben; Strg+Leertaste in der Abfrage schlägt vor, was es gibt.</translation>
    </message>
    <message>
        <source>Look at Twice the Range</source>
        <translation>Doppelten Zeitraum ansehen</translation>
    </message>
    <message>
        <source>No lines</source>
        <translation>Keine Zeilen</translation>
    </message>
    <message>
        <source>No line in %1 passes the query.</source>
        <translation>Keine Zeile in %1 passt zur Abfrage.</translation>
    </message>
    <message>
        <source>The newest %1 lines are shown; there are more in the range. Zoom in to see them, or narrow the query.</source>
        <translation>Gezeigt werden die neuesten %1 Zeilen; im Zeitraum gibt es mehr. Zoomen Sie hinein, um sie zu sehen, oder grenzen Sie die Abfrage ein.</translation>
    </message>
    <message>
        <source>The answer is not complete: %1</source>
        <translation>Die Antwort ist nicht vollständig: %1</translation>
    </message>
    <message>
        <source>The query was stopped.</source>
        <translation>Die Abfrage wurde gestoppt.</translation>
    </message>
    <message>
        <source>Run Again</source>
        <translation>Erneut ausführen</translation>
    </message>
    <message>
        <source>%1. What is shown below is the answer before.</source>
        <translation>%1. Unten steht die vorige Antwort.</translation>
    </message>
    <message>
        <source>Try Again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>The query failed</source>
        <translation>Die Abfrage ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>Ask your metrics</source>
        <translation>Fragen Sie Ihre Metriken</translation>
    </message>
    <message>
        <source>Type an expression, for example  rate(http_requests_total[5m]).  Ctrl+Space offers metrics, labels, values and functions; drag over the graph to zoom.</source>
        <translation>Geben Sie einen Ausdruck ein, zum Beispiel  rate(http_requests_total[5m]).  Strg+Leertaste schlägt Metriken, Labels, Werte und Funktionen vor; ziehen Sie über den Graphen, um zu zoomen.</translation>
    </message>
    <message>
        <source>Show Which Targets Are Up</source>
        <translation>Zeigen, welche Targets erreichbar sind</translation>
    </message>
    <message>
        <source>Ask your logs</source>
        <translation>Fragen Sie Ihre Logs</translation>
    </message>
    <message>
        <source>Begin with a selector, for example  {compose_service=&quot;api&quot;} |= &quot;error&quot;.  Live, in the bar above, follows what is written.</source>
        <translation>Beginnen Sie mit einem Selektor, zum Beispiel  {compose_service=&quot;api&quot;} |= &quot;error&quot;.  „Live“ in der Leiste oben folgt dem, was geschrieben wird.</translation>
    </message>
    <message>
        <source>Show Every Container&apos;s Lines</source>
        <translation>Die Zeilen aller Container zeigen</translation>
    </message>
    <message>
        <source>The live tail could not begin: %1</source>
        <translation>Live-Tail konnte nicht beginnen: %1</translation>
    </message>
    <message>
        <source>Lines that came too quickly to be shown live: %1. They are in the store.</source>
        <translation>Zeilen, die für die Live-Anzeige zu schnell kamen: %1. Sie sind gespeichert.</translation>
    </message>
    <message>
        <source>Live · %1 lines shown</source>
        <translation>Live · %1 Zeilen gezeigt</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Explore</source>
        <translation>Erkunden</translation>
    </message>
    <message>
        <source>&amp;Add to Dashboard…</source>
        <translation>&amp;Zu Dashboard hinzufügen …</translation>
    </message>
    <message>
        <source>Make a panel of this query</source>
        <translation>Aus dieser Abfrage ein Panel machen</translation>
    </message>
    <message>
        <source>&amp;Pause Live Lines</source>
        <translation>Live-Zeilen &amp;anhalten</translation>
    </message>
    <message>
        <source>Hold the lines that arrive back until you go on</source>
        <translation>Eintreffende Zeilen zurückhalten, bis Sie fortfahren</translation>
    </message>
    <message>
        <source>&amp;Go On Live</source>
        <translation>Live &amp;fortfahren</translation>
    </message>
    <message>
        <source>Paused · %1 lines wait</source>
        <translation>Angehalten · %1 Zeilen warten</translation>
    </message>
    <message>
        <source>&amp;History</source>
        <translation>&amp;Verlauf</translation>
    </message>
    <message>
        <source>Queries that were run before</source>
        <translation>Früher ausgeführte Abfragen</translation>
    </message>
    <message>
        <source>Queries that were run before; Ctrl+Up in the query goes through them</source>
        <translation>Früher ausgeführte Abfragen; Strg+↑ in der Abfrage blättert darin</translation>
    </message>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln Zeile</numerusform>
            <numerusform>%Ln Zeilen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln stream(s)</source>
        <translation>
            <numerusform>%Ln Stream</numerusform>
            <numerusform>%Ln Streams</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::FiringSpans</name>
    <message>
        <source>%1 fired</source>
        <extracomment>An alert&apos;s name, and what it is about</extracomment>
        <translation>%1 ausgelöst</translation>
    </message>
    <message>
        <source>%1 fired: %2</source>
        <translation>%1 ausgelöst: %2</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::FirstSteps</name>
    <message>
        <source>Containers</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>Metrics of your programs</source>
        <translation>Metriken Ihrer Programme</translation>
    </message>
    <message>
        <source>Edit Workspace File</source>
        <translation>Workspace-Datei bearbeiten</translation>
    </message>
    <message>
        <source>Alert rules</source>
        <translation>Alert-Regeln</translation>
    </message>
    <message>
        <source>Add Shipped Rules</source>
        <translation>Mitgelieferte Regeln übernehmen</translation>
    </message>
    <message>
        <source>Nothing at hand?</source>
        <translation>Nichts zur Hand?</translation>
    </message>
    <message>
        <source>Show the Demo</source>
        <translation>Demo zeigen</translation>
    </message>
    <message>
        <source>A small stack of pretend services, with an incident every few minutes, opens in a window of its own and leaves nothing behind.</source>
        <translation>Ein kleiner Verbund vorgespielter Dienste, mit einem Vorfall alle paar Minuten, öffnet sich in einem eigenen Fenster und hinterlässt nichts.</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>Erste Schritte</translation>
    </message>
    <message>
        <source>Docker is connected. Every container appears here as soon as it runs, and its logs are kept.</source>
        <translation>Docker ist verbunden. Jeder Container erscheint hier, sobald er läuft, und seine Logs werden aufbewahrt.</translation>
    </message>
    <message>
        <source>Name the addresses that answer with metrics under scrape_configs in %1, in the words of prometheus.yml. It is read again when it is saved.</source>
        <translation>Nennen Sie die Adressen, die mit Metriken antworten, unter scrape_configs in %1, in den Worten von prometheus.yml. Die Datei wird beim Speichern neu gelesen.</translation>
    </message>
    <message>
        <source>There are rules; the page Alerts shows them.</source>
        <translation>Es gibt Regeln; die Seite Alerts zeigt sie.</translation>
    </message>
    <message>
        <source>Rules for HTTP services, Celery, PostgreSQL, Redis, Kafka and machines come with Belvedere. They become files of the workspace, to be changed at will.</source>
        <translation>Regeln für HTTP-Dienste, Celery, PostgreSQL, Redis, Kafka und Rechner gehören zu Belvedere. Sie werden Dateien des Workspace, die Sie beliebig ändern können.</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LabelChips</name>
    <message>
        <source>Copy “%1”</source>
        <translation>„%1“ kopieren</translation>
    </message>
    <message>
        <source>Copy All</source>
        <translation>Alles kopieren</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LabelsModel</name>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>After relabelling</source>
        <translation>Nach dem Relabeling</translation>
    </message>
    <message>
        <source>Before relabelling</source>
        <translation>Vor dem Relabeling</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendList</name>
    <message>
        <source>Legend</source>
        <translation>Legende</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weiterer</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendModel</name>
    <message>
        <source>Series</source>
        <translation>Zeitreihe</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Letzter</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>Min</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>Max</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendTable</name>
    <message>
        <source>Legend</source>
        <translation>Legende</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LinesView</name>
    <message>
        <source>Log lines</source>
        <translation>Logzeilen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogDetails</name>
    <message>
        <source>Labels of the line</source>
        <translation>Labels der Zeile</translation>
    </message>
    <message>
        <source>The whole line</source>
        <translation>Die ganze Zeile</translation>
    </message>
    <message>
        <source>Only Lines with This Value</source>
        <translation>Nur Zeilen mit diesem Wert</translation>
    </message>
    <message>
        <source>No Lines with This Value</source>
        <translation>Keine Zeilen mit diesem Wert</translation>
    </message>
    <message>
        <source>Copy Value</source>
        <translation>Wert kopieren</translation>
    </message>
    <message>
        <source>Choose a line to see all of it</source>
        <translation>Wählen Sie eine Zeile, um sie ganz zu sehen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogDetailsModel</name>
    <message>
        <source>Stream label</source>
        <translation>Stream-Label</translation>
    </message>
    <message>
        <source>Structured metadata</source>
        <translation>Strukturierte Metadaten</translation>
    </message>
    <message>
        <source>Parsed from the line</source>
        <translation>Aus der Zeile gelesen</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>Only lines with %1 = %2</source>
        <translation>Nur Zeilen mit %1 = %2</translation>
    </message>
    <message>
        <source>No lines with %1 = %2</source>
        <translation>Keine Zeilen mit %1 = %2</translation>
    </message>
    <message>
        <source>Field of the line</source>
        <translation>Feld der Zeile</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogLevel</name>
    <message>
        <source>unknown</source>
        <translation>unbekannt</translation>
    </message>
    <message>
        <source>trace</source>
        <translation>trace</translation>
    </message>
    <message>
        <source>debug</source>
        <translation>debug</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>warn</source>
        <translation>warn</translation>
    </message>
    <message>
        <source>error</source>
        <translation>error</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>critical</translation>
    </message>
    <message>
        <source>fatal</source>
        <translation>fatal</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LogList</name>
    <message>
        <source>Log lines</source>
        <translation>Logzeilen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::MainWindow</name>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>&amp;Find Anything…</source>
        <translation>Alles &amp;finden …</translation>
    </message>
    <message>
        <source>Find pages, actions, dashboards and metrics</source>
        <translation>Seiten, Aktionen, Dashboards und Metriken finden</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>Das Fenster schließen</translation>
    </message>
    <message>
        <source>Narrow &amp;Side Bar</source>
        <translation>Schmale &amp;Seitenleiste</translation>
    </message>
    <message>
        <source>Show only icons in the side bar</source>
        <translation>In der Seitenleiste nur Symbole zeigen</translation>
    </message>
    <message>
        <source>&amp;Full Screen</source>
        <translation>&amp;Vollbild</translation>
    </message>
    <message>
        <source>Use the whole screen</source>
        <translation>Den ganzen Bildschirm nutzen</translation>
    </message>
    <message>
        <source>Switch Light and &amp;Dark</source>
        <translation>Hell und &amp;dunkel wechseln</translation>
    </message>
    <message>
        <source>Change between the light and the dark look</source>
        <translation>Zwischen hellem und dunklem Aussehen wechseln</translation>
    </message>
    <message>
        <source>&amp;Time Range…</source>
        <translation>&amp;Zeitraum …</translation>
    </message>
    <message>
        <source>Choose the time range of all pages</source>
        <translation>Den Zeitraum aller Seiten wählen</translation>
    </message>
    <message>
        <source>&amp;Back to Previous Range</source>
        <translation>Zum &amp;vorigen Zeitraum</translation>
    </message>
    <message>
        <source>The time range before this one</source>
        <translation>Der Zeitraum vor diesem</translation>
    </message>
    <message>
        <source>&amp;Forward to Next Range</source>
        <translation>Zum &amp;nächsten Zeitraum</translation>
    </message>
    <message>
        <source>The time range after this one</source>
        <translation>Der Zeitraum nach diesem</translation>
    </message>
    <message>
        <source>&amp;Earlier by Half</source>
        <translation>Um die Hälfte f&amp;rüher</translation>
    </message>
    <message>
        <source>Move the time range back by half of it</source>
        <translation>Den Zeitraum um die Hälfte seiner Länge zurückschieben</translation>
    </message>
    <message>
        <source>&amp;Later by Half</source>
        <translation>Um die Hälfte &amp;später</translation>
    </message>
    <message>
        <source>Move the time range on by half of it</source>
        <translation>Den Zeitraum um die Hälfte seiner Länge vorschieben</translation>
    </message>
    <message>
        <source>Zoom &amp;Out</source>
        <translation>&amp;Herauszoomen</translation>
    </message>
    <message>
        <source>Twice the time range</source>
        <translation>Der doppelte Zeitraum</translation>
    </message>
    <message>
        <source>&amp;Refresh Now</source>
        <translation>Jetzt &amp;aktualisieren</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Erneut abfragen</translation>
    </message>
    <message>
        <source>&amp;Live</source>
        <translation>&amp;Live</translation>
    </message>
    <message>
        <source>Follow the clock: graphs move each second, logs are tailed</source>
        <translation>Der Uhr folgen: Graphen laufen jede Sekunde mit, Logs werden live gelesen</translation>
    </message>
    <message>
        <source>&amp;Stop Running Queries</source>
        <translation>Laufende Abfragen s&amp;toppen</translation>
    </message>
    <message>
        <source>Cancel every query that runs</source>
        <translation>Alle laufenden Abfragen abbrechen</translation>
    </message>
    <message>
        <source>Show &amp;Problems</source>
        <translation>&amp;Probleme zeigen</translation>
    </message>
    <message>
        <source>What is wrong and how to mend it</source>
        <translation>Was nicht stimmt und wie es zu beheben ist</translation>
    </message>
    <message>
        <source>&amp;Keyboard Shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
    <message>
        <source>Every action with its keys</source>
        <translation>Alle Aktionen mit ihren Tasten</translation>
    </message>
    <message>
        <source>&amp;About Belvedere</source>
        <translation>Ü&amp;ber Belvedere</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>Version und Lizenz</translation>
    </message>
    <message>
        <source>Top bar</source>
        <translation>Obere Leiste</translation>
    </message>
    <message>
        <source>Find anything    Ctrl+K</source>
        <translation>Alles finden    Strg+K</translation>
    </message>
    <message>
        <source>Ask again (F5); how often, in the menu</source>
        <translation>Erneut abfragen (F5); wie oft, steht im Menü</translation>
    </message>
    <message>
        <source>&amp;Look</source>
        <translation>&amp;Aussehen</translation>
    </message>
    <message>
        <source>As the &amp;System</source>
        <translation>Wie das &amp;System</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Hell</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Dunkel</translation>
    </message>
    <message>
        <source>D&amp;ensity</source>
        <translation>Di&amp;chte</translation>
    </message>
    <message>
        <source>&amp;Comfortable</source>
        <translation>&amp;Geräumig</translation>
    </message>
    <message>
        <source>C&amp;ompact</source>
        <translation>&amp;Kompakt</translation>
    </message>
    <message>
        <source>Series &amp;Colours</source>
        <translation>&amp;Farben der Zeitreihen</translation>
    </message>
    <message>
        <source>&amp;Classic</source>
        <translation>&amp;Klassisch</translation>
    </message>
    <message>
        <source>Safe for Colour &amp;Blindness</source>
        <translation>Für &amp;Farbenblinde geeignet</translation>
    </message>
    <message>
        <source>Refresh &amp;Every</source>
        <translation>Aktualisieren all&amp;e</translation>
    </message>
    <message>
        <source>Ask only when told to</source>
        <translation>Nur auf Aufforderung abfragen</translation>
    </message>
    <message>
        <source>Ask again every %1</source>
        <translation>Alle %1 erneut abfragen</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Go</source>
        <translation>&amp;Gehe zu</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Ansicht</translation>
    </message>
    <message>
        <source>&amp;Time</source>
        <translation>&amp;Zeit</translation>
    </message>
    <message>
        <source>&amp;Page</source>
        <translation>&amp;Seite</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Gehe zu %1</translation>
    </message>
    <message>
        <source>%1 – Belvedere (demo)</source>
        <translation>%1 – Belvedere (Demo)</translation>
    </message>
    <message>
        <source>%1 – Belvedere</source>
        <translation>%1 – Belvedere</translation>
    </message>
    <message>
        <source>Time range: %1</source>
        <translation>Zeitraum: %1</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>Aktion</translation>
    </message>
    <message>
        <source>Keyboard Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>About Belvedere</source>
        <translation>Über Belvedere</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Belvedere %1&lt;/h3&gt;&lt;p&gt;An observability workbench for the desktop.&lt;/p&gt;&lt;p&gt;Workspace: %2&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Belvedere %1&lt;/h3&gt;&lt;p&gt;Eine Observability-Werkbank für den Desktop.&lt;/p&gt;&lt;p&gt;Workspace: %2&lt;/p&gt;&lt;p&gt;Freie Software unter der GNU General Public License, Version 3 oder neuer.&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>S&amp;prache</translation>
    </message>
    <message>
        <source>%1, from the next start on</source>
        <translation>%1, ab dem nächsten Start</translation>
    </message>
    <message>
        <source>As the S&amp;ystem</source>
        <translation>Wie das S&amp;ystem</translation>
    </message>
    <message>
        <source>Label of series</source>
        <translation>Label von Zeitreihen</translation>
    </message>
    <message>
        <source>Label of logs</source>
        <translation>Label von Logs</translation>
    </message>
    <message>
        <source>Firing Alerts in &amp;Graphs</source>
        <translation>Feuernde Alerts in &amp;Graphen</translation>
    </message>
    <message>
        <source>Shade the times at which alerts fired that watch the same metrics</source>
        <translation>Die Zeiten schattieren, in denen Alerts feuerten, die dieselben Metriken beobachten</translation>
    </message>
    <message>
        <source>Filter by action or keys</source>
        <translation>Nach Aktion oder Tasten filtern</translation>
    </message>
    <message>
        <source>Edit &amp;Workspace File</source>
        <translation>&amp;Workspace-Datei bearbeiten</translation>
    </message>
    <message>
        <source>Open the file that says what is watched; it is read again when it is saved</source>
        <translation>Die Datei öffnen, die sagt, was beobachtet wird; sie wird beim Speichern neu gelesen</translation>
    </message>
    <message>
        <source>Open Workspace F&amp;older</source>
        <translation>Workspace-&amp;Ordner öffnen</translation>
    </message>
    <message>
        <source>Show the workspace&apos;s dashboards, rules and data in the file manager</source>
        <translation>Dashboards, Regeln und Daten des Workspace in der Dateiverwaltung zeigen</translation>
    </message>
    <message>
        <source>Add Shipped Alert &amp;Rules</source>
        <translation>Mitgelieferte Alert-&amp;Regeln übernehmen</translation>
    </message>
    <message>
        <source>Copy the rules that come with Belvedere to the workspace&apos;s</source>
        <translation>Die Regeln, die zu Belvedere gehören, zu denen des Workspace kopieren</translation>
    </message>
    <message>
        <source>Show the &amp;Demo</source>
        <translation>&amp;Demo zeigen</translation>
    </message>
    <message>
        <source>Open a window on a small stack of pretend services</source>
        <translation>Ein Fenster auf einen kleinen Verbund vorgespielter Dienste öffnen</translation>
    </message>
    <message>
        <source>The rules were not added</source>
        <translation>Die Regeln wurden nicht übernommen</translation>
    </message>
    <message>
        <source>The demo does not start</source>
        <translation>Die Demo startet nicht</translation>
    </message>
    <message>
        <source>Start it from a terminal, to see why: %1</source>
        <translation>Starten Sie sie in einem Terminal, um den Grund zu sehen: %1</translation>
    </message>
    <message>
        <source>No program opens it</source>
        <translation>Kein Programm öffnet das</translation>
    </message>
    <message>
        <source>The path is on the clipboard now: %1</source>
        <translation>Der Pfad liegt jetzt in der Zwischenablage: %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::MetricResults</name>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>Graph</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>All have %1</source>
        <translation>Alle haben %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::OverviewPage</name>
    <message>
        <source>Try Again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>All is well</source>
        <translation>Alles in Ordnung</translation>
    </message>
    <message>
        <source>Services that need attention: %1</source>
        <translation>Services, die Aufmerksamkeit brauchen: %1</translation>
    </message>
    <message>
        <source>Alerts firing: %1</source>
        <translation>Feuernde Alerts: %1</translation>
    </message>
    <message>
        <source>services: %1 · critical: %2 · with warnings: %3 · alerts firing: %4</source>
        <translation>Services: %1 · kritisch: %2 · mit Warnungen: %3 · feuernde Alerts: %4</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Recent alerts</source>
        <translation>Letzte Alerts</translation>
    </message>
    <message>
        <source>No alert has fired in this workspace.</source>
        <translation>In diesem Workspace hat noch kein Alert gefeuert.</translation>
    </message>
    <message>
        <source>Some figures are missing: %1</source>
        <translation>Einige Zahlen fehlen: %1</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Service</translation>
    </message>
    <message>
        <source>No service is watched yet</source>
        <translation>Noch wird kein Dienst beobachtet</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PaintedView</name>
    <message>
        <source>No data</source>
        <translation>Keine Daten</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PanelEditor</name>
    <message>
        <source>Edit Panel</source>
        <translation>Panel bearbeiten</translation>
    </message>
    <message>
        <source>Time series</source>
        <translation>Zeitreihen</translation>
    </message>
    <message>
        <source>Stat</source>
        <translation>Stat</translation>
    </message>
    <message>
        <source>Gauge</source>
        <translation>Gauge</translation>
    </message>
    <message>
        <source>Bar gauge</source>
        <translation>Bar Gauge</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Logs</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>&amp;Title</source>
        <translation>&amp;Titel</translation>
    </message>
    <message>
        <source>T&amp;ype</source>
        <translation>T&amp;yp</translation>
    </message>
    <message>
        <source>&amp;Unit</source>
        <translation>&amp;Einheit</translation>
    </message>
    <message>
        <source>&amp;Add Query</source>
        <translation>Abfrage &amp;hinzufügen</translation>
    </message>
    <message>
        <source>Legend, like {{instance}}</source>
        <translation>Legende, etwa {{instance}}</translation>
    </message>
    <message>
        <source>Remove this query</source>
        <translation>Diese Abfrage entfernen</translation>
    </message>
    <message>
        <source>Query %1</source>
        <translation>Abfrage %1</translation>
    </message>
    <message>
        <source>Legend of query %1</source>
        <translation>Legende der Abfrage %1</translation>
    </message>
    <message>
        <source>&amp;Apply</source>
        <translation>&amp;Übernehmen</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>Wie es ist</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Hidden</source>
        <translation>Verborgen</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>Normal</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>Data &amp;source</source>
        <translation>Daten&amp;quelle</translation>
    </message>
    <message>
        <source>&amp;Decimals</source>
        <translation>&amp;Nachkommastellen</translation>
    </message>
    <message>
        <source>Mi&amp;n</source>
        <translation>Mi&amp;n</translation>
    </message>
    <message>
        <source>Ma&amp;x</source>
        <translation>Ma&amp;x</translation>
    </message>
    <message>
        <source>&amp;Legend</source>
        <translation>&amp;Legende</translation>
    </message>
    <message>
        <source>Stac&amp;king</source>
        <translation>&amp;Stapelung</translation>
    </message>
    <message>
        <source>Unsaved Changes</source>
        <translation>Ungespeicherte Änderungen</translation>
    </message>
    <message>
        <source>What you changed in this panel has not been applied.</source>
        <translation>Was Sie an diesem Panel geändert haben, ist noch nicht übernommen.</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PanelFrame</name>
    <message>
        <source>Panel menu</source>
        <translation>Panelmenü</translation>
    </message>
    <message>
        <source>loading…</source>
        <translation>lädt …</translation>
    </message>
    <message>
        <source>No data in this time range</source>
        <translation>Keine Daten in diesem Zeitraum</translation>
    </message>
    <message>
        <source>%1
Click to try again.</source>
        <translation>%1
Klicken, um es erneut zu versuchen.</translation>
    </message>
    <message>
        <source>failed, older data</source>
        <translation>fehlgeschlagen, ältere Daten</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>unvollständig</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::PlaceholderView</name>
    <message>
        <source>This panel is of the type “%1”, which is not drawn here. Its settings are kept and saved unchanged.</source>
        <extracomment>%1 is Grafana&apos;s name of a panel type, such as geomap</extracomment>
        <translation>Dieses Panel hat den Typ „%1“, der hier nicht gezeichnet wird. Seine Einstellungen bleiben erhalten und werden unverändert gespeichert.</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::QueryEditor</name>
    <message>
        <source>Completions</source>
        <translation>Vervollständigungen</translation>
    </message>
    <message>
        <source>A PromQL expression, such as  sum by (job) (rate(http_requests_total[5m]))   –   Enter runs it, Ctrl+Space completes</source>
        <translation>Ein PromQL-Ausdruck, etwa  sum by (job) (rate(http_requests_total[5m]))   –   Eingabe führt ihn aus, Strg+Leertaste vervollständigt</translation>
    </message>
    <message>
        <source>A LogQL query, such as  {compose_service=&quot;api&quot;} |= &quot;error&quot;   –   Enter runs it, Ctrl+Space completes</source>
        <translation>Eine LogQL-Abfrage, etwa  {compose_service=&quot;api&quot;} |= &quot;error&quot;   –   Eingabe führt sie aus, Strg+Leertaste vervollständigt</translation>
    </message>
    <message>
        <source>PromQL query</source>
        <translation>PromQL-Abfrage</translation>
    </message>
    <message>
        <source>LogQL query</source>
        <translation>LogQL-Abfrage</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RecentAlerts</name>
    <message>
        <source>Recent alerts</source>
        <translation>Letzte Alerts</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ResultTableModel</name>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RowHeader</name>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message numerus="yes">
        <source>%1 (%n panel(s))</source>
        <extracomment>a folded row of a dashboard and how many panels are in it</extracomment>
        <translation>
            <numerusform>%1 (%n Panel)</numerusform>
            <numerusform>%1 (%n Panels)</numerusform>
        </translation>
    </message>
    <message>
        <source>Open the row</source>
        <translation>Die Zeile öffnen</translation>
    </message>
    <message>
        <source>Fold the row</source>
        <translation>Die Zeile zuklappen</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RulesModel</name>
    <message>
        <source>%1 failing</source>
        <translation>%1 mit Fehlern</translation>
    </message>
    <message>
        <source>rules: %1</source>
        <translation>Regeln: %1</translation>
    </message>
    <message>
        <source>%1, every %2</source>
        <translation>%1, alle %2</translation>
    </message>
    <message>
        <source>Failing</source>
        <translation>Fehlerhaft</translation>
    </message>
    <message>
        <source>Not yet evaluated</source>
        <translation>Noch nicht ausgewertet</translation>
    </message>
    <message>
        <source>Records</source>
        <translation>Zeichnet auf</translation>
    </message>
    <message>
        <source>Firing</source>
        <translation>Feuert</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Pending</translation>
    </message>
    <message>
        <source>Inactive</source>
        <translation>Inaktiv</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>Ausdruck</translation>
    </message>
    <message>
        <source>Evaluated</source>
        <translation>Ausgewertet</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SeriesView</name>
    <message>
        <source>Series</source>
        <translation>Zeitreihe</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceHealth</name>
    <message>
        <source>targets down: %1</source>
        <translation>Targets nicht erreichbar: %1</translation>
    </message>
    <message>
        <source>log lines/s</source>
        <translation>Logzeilen/s</translation>
    </message>
    <message>
        <source>log errors</source>
        <translation>Log-Fehler</translation>
    </message>
    <message>
        <source>container %1</source>
        <translation>Container %1</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>a figure and its value: &quot;errors 12 %&quot;</extracomment>
        <translation>%1 %2</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceKind</name>
    <message>
        <source>requests/s</source>
        <translation>Anfragen/s</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>in progress</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>tasks/s</source>
        <translation>Tasks/s</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartend</translation>
    </message>
    <message>
        <source>workers up</source>
        <translation>Worker aktiv</translation>
    </message>
    <message>
        <source>retried/s</source>
        <translation>wiederholt/s</translation>
    </message>
    <message>
        <source>lag</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>written/s</source>
        <translation>neue/s</translation>
    </message>
    <message>
        <source>read/s</source>
        <translation>gelesen/s</translation>
    </message>
    <message>
        <source>brokers</source>
        <translation>Broker</translation>
    </message>
    <message>
        <source>published/s</source>
        <translation>veröffentlicht/s</translation>
    </message>
    <message>
        <source>unacknowledged</source>
        <translation>unbestätigt</translation>
    </message>
    <message>
        <source>consumers</source>
        <translation>Consumer</translation>
    </message>
    <message>
        <source>tx/s</source>
        <translation>Tx/s</translation>
    </message>
    <message>
        <source>connections</source>
        <translation>Sitzungen</translation>
    </message>
    <message>
        <source>cache hits</source>
        <translation>Treffer</translation>
    </message>
    <message>
        <source>longest</source>
        <translation>längste</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>queries/s</source>
        <translation>Abfragen/s</translation>
    </message>
    <message>
        <source>slow/s</source>
        <translation>langsam/s</translation>
    </message>
    <message>
        <source>commands/s</source>
        <translation>Befehle/s</translation>
    </message>
    <message>
        <source>clients</source>
        <translation>Clients</translation>
    </message>
    <message>
        <source>evicted/s</source>
        <translation>verdrängt/s</translation>
    </message>
    <message>
        <source>dropped/s</source>
        <translation>verworfen/s</translation>
    </message>
    <message>
        <source>machine</source>
        <translation>Rechner</translation>
    </message>
    <message>
        <source>fullest disk</source>
        <translation>vollste Platte</translation>
    </message>
    <message>
        <source>network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>load</source>
        <translation>Last</translation>
    </message>
    <message>
        <source>this program</source>
        <translation>dieses Programm</translation>
    </message>
    <message>
        <source>samples/s</source>
        <translation>Samples/s</translation>
    </message>
    <message>
        <source>lines/s</source>
        <translation>Zeilen/s</translation>
    </message>
    <message>
        <source>series</source>
        <translation>Zeitreihen</translation>
    </message>
    <message>
        <source>open files</source>
        <translation>offene Dateien</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>Samples</translation>
    </message>
    <message>
        <source>answers in</source>
        <translation>antwortet in</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ServiceTile</name>
    <message>
        <source>container %1</source>
        <translation>Container %1</translation>
    </message>
    <message>
        <source>%1 containers, %2</source>
        <translation>%1 Container, %2</translation>
    </message>
    <message>
        <source>targets up %1 of %2</source>
        <translation>Targets erreichbar: %1 von %2</translation>
    </message>
    <message>
        <source>The marks below: up, alerts and failures over the time range</source>
        <translation>Die Marken darunter: erreichbar, Alerts und Fehler im Zeitraum</translation>
    </message>
    <message>
        <source>Click: what is behind it. Right click: targets, containers, logs, metrics</source>
        <translation>Klick: was dahintersteckt. Rechtsklick: Targets, Container, Logs, Metriken</translation>
    </message>
    <message>
        <source>Firing &amp;Alerts</source>
        <translation>Feuernde &amp;Alerts</translation>
    </message>
    <message>
        <source>&amp;Dashboard</source>
        <translation>&amp;Dashboard</translation>
    </message>
    <message>
        <source>&amp;Metrics in Explore</source>
        <translation>&amp;Metriken erkunden</translation>
    </message>
    <message>
        <source>&amp;Logs</source>
        <translation>&amp;Logs</translation>
    </message>
    <message>
        <source>&amp;Targets</source>
        <translation>&amp;Targets</translation>
    </message>
    <message>
        <source>&amp;Containers</source>
        <translation>&amp;Container</translation>
    </message>
    <message>
        <source>target up</source>
        <translation>Target erreichbar</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SideBar</name>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Narrow or widen the side bar (Ctrl+B)</source>
        <translation>Seitenleiste schmal oder breit (Strg+B)</translation>
    </message>
    <message>
        <source>Narrow or widen the side bar</source>
        <translation>Seitenleiste schmal oder breit</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::SideBarEntry</name>
    <message>
        <source>need attention: %1</source>
        <translation>brauchen Aufmerksamkeit: %1</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::StatusBar</name>
    <message>
        <source>Problems</source>
        <translation>Probleme</translation>
    </message>
    <message>
        <source>No problems</source>
        <translation>Keine Probleme</translation>
    </message>
    <message>
        <source>Problems: %1</source>
        <translation>Probleme: %1</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Samples that arrive each second</source>
        <translation>Samples, die jede Sekunde eintreffen</translation>
    </message>
    <message>
        <source>Log lines that arrive each second</source>
        <translation>Logzeilen, die jede Sekunde eintreffen</translation>
    </message>
    <message>
        <source>Series in the metrics store; bytes of metrics and logs on disk</source>
        <translation>Zeitreihen im Metrikspeicher; Bytes von Metriken und Logs auf der Platte</translation>
    </message>
    <message>
        <source>Room left where the workspace lies</source>
        <translation>Freier Platz dort, wo der Workspace liegt</translation>
    </message>
    <message>
        <source>Stop the queries that run</source>
        <translation>Die laufenden Abfragen stoppen</translation>
    </message>
    <message>
        <source>%1 samples/s</source>
        <translation>%1 Samples/s</translation>
    </message>
    <message>
        <source>%1 lines/s</source>
        <translation>%1 Zeilen/s</translation>
    </message>
    <message>
        <source>%1 series · %2 metrics · %3 logs</source>
        <translation>%1 Zeitreihen · %2 Metriken · %3 Logs</translation>
    </message>
    <message>
        <source>Disk low: %1 left</source>
        <translation>Platte fast voll: noch %1</translation>
    </message>
    <message>
        <source>%1 left on disk</source>
        <translation>%1 frei auf der Platte</translation>
    </message>
    <message>
        <source>What a person should know of and can mend</source>
        <translation>Was man wissen sollte und beheben kann</translation>
    </message>
    <message>
        <source>Dropped since the start: %1 samples, %2 lines</source>
        <translation>Seit dem Start verworfen: %1 Samples, %2 Zeilen</translation>
    </message>
    <message>
        <source>Queries running: %1</source>
        <translation>Laufende Abfragen: %1</translation>
    </message>
    <message>
        <source>Idle</source>
        <translation>Untätig</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TargetsModel</name>
    <message>
        <source>Up</source>
        <translation>Erreichbar</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Nicht erreichbar</translation>
    </message>
    <message>
        <source>Not yet scraped</source>
        <translation>Noch nicht gescrapt</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Dropped by relabelling</source>
        <translation>Vom Relabeling verworfen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Job</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>Last scrape</source>
        <translation>Letzter Scrape</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Samples</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TargetsPage</name>
    <message>
        <source>Jobs</source>
        <translation>Jobs</translation>
    </message>
    <message>
        <source>&amp;Filter Targets</source>
        <translation>Targets &amp;filtern</translation>
    </message>
    <message>
        <source>Narrow the list by words</source>
        <translation>Die Liste nach Wörtern eingrenzen</translation>
    </message>
    <message>
        <source>&amp;Explore Target</source>
        <translation>Target &amp;erkunden</translation>
    </message>
    <message>
        <source>Look at the target&apos;s series in Explore</source>
        <translation>Die Zeitreihen des Targets unter „Erkunden“ ansehen</translation>
    </message>
    <message>
        <source>&amp;Copy Endpoint</source>
        <translation>Endpunkt &amp;kopieren</translation>
    </message>
    <message>
        <source>Copy the endpoint&apos;s address</source>
        <translation>Die Adresse des Endpunkts kopieren</translation>
    </message>
    <message>
        <source>Filter by endpoint, label or error</source>
        <translation>Nach Endpunkt, Label oder Fehler filtern</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>Alle Zustände</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Erreichbar</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Nicht erreichbar</translation>
    </message>
    <message>
        <source>Not yet scraped</source>
        <translation>Noch nicht gescrapt</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Verworfen</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>Targets</translation>
    </message>
    <message>
        <source>Labels before and after relabelling</source>
        <translation>Labels vor und nach dem Relabeling</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Nothing is scraped yet</source>
        <translation>Noch wird nichts gescrapt</translation>
    </message>
    <message>
        <source>A target is an address that answers with metrics. Add a job under scrape_configs in %1/workspace.yml, in the words of prometheus.yml; it is read at once.</source>
        <translation>Ein Target ist eine Adresse, die mit Metriken antwortet. Fügen Sie unter scrape_configs in %1/workspace.yml einen Job hinzu, wie in prometheus.yml; er wird sofort gelesen.</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <extracomment>how many of a job&apos;s targets are up: &quot;2 / 3&quot;</extracomment>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>All jobs</source>
        <translation>Alle Jobs</translation>
    </message>
    <message>
        <source>No target selected</source>
        <translation>Kein Target ausgewählt</translation>
    </message>
    <message>
        <source>Relabelling dropped this target, so it is not scraped. Its labels as discovered are below.</source>
        <translation>Das Relabeling hat dieses Target verworfen, es wird nicht gescrapt. Unten stehen seine Labels, wie sie gefunden wurden.</translation>
    </message>
    <message>
        <source>every %1, time-out %2, last %3</source>
        <translation>alle %1, Zeitlimit %2, zuletzt %3</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Target</translation>
    </message>
    <message>
        <source>Edit Workspace File</source>
        <translation>Workspace-Datei bearbeiten</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::Theme</name>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>Kritisch</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>Info</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeContext</name>
    <message>
        <source>Last 5 minutes</source>
        <translation>Letzte 5 Minuten</translation>
    </message>
    <message>
        <source>Last 15 minutes</source>
        <translation>Letzte 15 Minuten</translation>
    </message>
    <message>
        <source>Last 30 minutes</source>
        <translation>Letzte 30 Minuten</translation>
    </message>
    <message>
        <source>Last 1 hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <source>Last 3 hours</source>
        <translation>Letzte 3 Stunden</translation>
    </message>
    <message>
        <source>Last 6 hours</source>
        <translation>Letzte 6 Stunden</translation>
    </message>
    <message>
        <source>Last 12 hours</source>
        <translation>Letzte 12 Stunden</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Letzte 24 Stunden</translation>
    </message>
    <message>
        <source>Last 2 days</source>
        <translation>Letzte 2 Tage</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Today so far</source>
        <translation>Heute bisher</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>This week so far</source>
        <translation>Diese Woche bisher</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeRangePicker</name>
    <message>
        <source>Apply</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>Time range</source>
        <translation>Zeitraum</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>&amp;Von</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>&amp;Bis</translation>
    </message>
    <message>
        <source>now-6h, now/d, 2025-11-21 10:30,
ISO 8601 or Unix seconds</source>
        <translation>now-6h, now/d, 2025-11-21 10:30,
ISO 8601 oder Unix-Sekunden</translation>
    </message>
    <message>
        <source>Quick ranges</source>
        <translation>Schnellauswahl</translation>
    </message>
    <message>
        <source>This is not a time</source>
        <translation>Das ist keine Zeit</translation>
    </message>
    <message>
        <source>This is not after the beginning</source>
        <translation>Das liegt nicht nach dem Anfang</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::TimeSeriesView</name>
    <message>
        <source>Graph</source>
        <translation>Graph</translation>
    </message>
    <message>
        <source>Series: %1</source>
        <translation>Zeitreihen: %1</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::VariablePicker</name>
    <message>
        <source>All</source>
        <extracomment>every value of a dashboard variable</extracomment>
        <translation>Alle</translation>
    </message>
    <message>
        <source>auto</source>
        <extracomment>an interval that follows the time range</extracomment>
        <translation>automatisch</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%n gewählt</numerusform>
            <numerusform>%n gewählt</numerusform>
        </translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
</context>
<context>
    <name>belvedere::ui::format</name>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <extracomment>%1 is a duration such as &quot;12 s&quot;</extracomment>
        <translation>vor %1</translation>
    </message>
</context>
</TS>

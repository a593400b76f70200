<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB">
<context>
    <name>belvedere::app::Notifier</name>
    <message numerus="yes">
        <source>%1 (%n firing)</source>
        <extracomment>%1 is the name of an alert, %n the number of its instances that fire</extracomment>
        <translation>
            <numerusform>%1 (%n firing)</numerusform>
            <numerusform>%1 (%n firing)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::DashboardsPage</name>
    <message numerus="yes">
        <source>%n part(s) of this dashboard are kept but not shown.</source>
        <translation>
            <numerusform>%n part of this dashboard is kept but not shown.</numerusform>
            <numerusform>%n parts of this dashboard are kept but not shown.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n panel(s)</source>
        <translation>
            <numerusform>%n panel</numerusform>
            <numerusform>%n panels</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::ExplorePage</name>
    <message numerus="yes">
        <source>%Ln line(s)</source>
        <translation>
            <numerusform>%Ln line</numerusform>
            <numerusform>%Ln lines</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln stream(s)</source>
        <translation>
            <numerusform>%Ln stream</numerusform>
            <numerusform>%Ln streams</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::LegendList</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::RowHeader</name>
    <message numerus="yes">
        <source>%1 (%n panel(s))</source>
        <extracomment>a folded row of a dashboard and how many panels are in it</extracomment>
        <translation>
            <numerusform>%1 (%n panel)</numerusform>
            <numerusform>%1 (%n panels)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>belvedere::ui::VariablePicker</name>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>%n chosen</numerusform>
            <numerusform>%n chosen</numerusform>
        </translation>
    </message>
</context>
</TS>

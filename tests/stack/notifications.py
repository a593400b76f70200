"""Stands in for the desktop's notification service: notifications.py BUS_ADDRESS OUT_FILE

Writes one JSON object for each notification that is shown or closed.
"""
import json
import sys
import time

import dbus.bus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

out = open(sys.argv[2], "a", buffering=1)
NAME = "org.freedesktop.Notifications"


def write(**what):
    out.write(json.dumps({"time": time.time(), **what}) + "\n")


class Service(dbus.service.Object):
    last = 0

    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, application, replaces, icon, title, body, actions, hints, timeout):
        if not replaces:
            self.last += 1
        shown = int(replaces) or self.last
        write(shown=shown, title=str(title), body=str(body), actions=[str(a) for a in actions], urgency=int(hints.get("urgency", 1)))
        return dbus.UInt32(shown)

    @dbus.service.method(NAME, in_signature="u")
    def CloseNotification(self, closed):
        write(closed=int(closed))
        self.NotificationClosed(closed, 3)

    @dbus.service.method(NAME, out_signature="as")
    def GetCapabilities(self):
        return ["body", "actions"]

    @dbus.service.method(NAME, out_signature="ssss")
    def GetServerInformation(self):
        return "stack", "stack", "1", "1.2"

    @dbus.service.signal(NAME, signature="uu")
    def NotificationClosed(self, closed, reason):
        pass


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.bus.BusConnection(sys.argv[1])
name = dbus.service.BusName(NAME, bus)
service = Service(bus, "/org/freedesktop/Notifications")
GLib.MainLoop().run()

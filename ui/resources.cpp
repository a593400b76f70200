#include "ui/resources.h"

#include <QtGlobal>

// Q_INIT_RESOURCE declares a function and must stand outside of every namespace.
static void initAll()
{
    Q_INIT_RESOURCE(resources);
}

namespace belvedere::ui {

void initResources() { initAll(); }

}

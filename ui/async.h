#pragma once

#include "core/base/task_pool.h"

#include <QFuture>
#include <QObject>
#include <QPromise>

#include <memory>
#include <type_traits>
#include <utility>

namespace belvedere::ui {

/// Runs `work` on the pool and then `done` with its result in the thread of `context`; not at all if `context` is gone by
/// then. `work` must hold everything it uses by value or by shared pointer.
template <class Work, class Done>
void runAsync(TaskPool& pool, QObject* context, Work work, Done done)
{
    using T = std::invoke_result_t<Work>;
    auto promise = std::make_shared<QPromise<T>>();
    promise->start();
    promise->future().then(context, [done = std::move(done)](QFuture<T> future) mutable { done(future.takeResult()); });
    pool.submit([promise, work = std::move(work)]() mutable {
        promise->addResult(work());
        promise->finish();
    });
}

}

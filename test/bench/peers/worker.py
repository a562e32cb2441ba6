# What every Python peer shares: it reads commands as lines of JSON and answers
# by a line each.  A peer gives its forms, {name: {workload: function of a key}},
# and a function that makes plain dictionaries of what they return.

import asyncio
import gc
import json
import os
import sys
import time

MANY = int(os.environ["BENCH_MANY"])


def steps(form, workload):
    """The functions of one request: a link is added and removed again."""
    return [form["add"], form["remove"]] if workload == "w7" else [form[workload]]


async def run_async(functions, keys, seconds):
    times = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        key = keys[len(times) % len(keys)]
        start = time.perf_counter_ns()
        for function in functions:
            await function(key)
        times.append((time.perf_counter_ns() - start) // 1000)
    return times


def run(functions, keys, seconds):
    times = []
    end = time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        key = keys[len(times) % len(keys)]
        start = time.perf_counter_ns()
        for function in functions:
            function(key)
        times.append((time.perf_counter_ns() - start) // 1000)
    return times


def serve(forms, plain, wait):
    print(json.dumps({name: sorted(form) for name, form in forms.items()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        form = forms[command["form"]]
        try:
            if command["do"] == "run":
                # The objects of the turn before are not this one's to clear away.
                gc.collect()
                functions = steps(form, command["workload"])
                answer = (run_async if wait else run)(functions, command["keys"], command["seconds"])
                answer = wait(answer) if wait else answer
            else:
                answer = form[command["workload"]](command["key"])
                answer = plain(wait(answer) if wait else answer)
            print(json.dumps({"answer": answer}, default=str), flush=True)
        except Exception as error:  # the one who asked reports it
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


def main(forms, plain=lambda value: value, start=None):
    """start: a coroutine function, of a peer whose functions are coroutines too."""
    if not start:
        serve(forms, plain, None)
        return
    loop = asyncio.new_event_loop()
    loop.run_until_complete(start())
    serve(forms, plain, loop.run_until_complete)

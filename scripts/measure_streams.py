#!/usr/bin/env python3
"""How much processor time does the gateway take from the model under many streams?

Usage: measure_streams.py PATH_OF_KUNSERVE [--streams N] [--tokens N] [ARGUMENTS OF serve…]

Starts a server on loopback, holds N streams open at once, and splits the processor time that the
server used meanwhile by its threads: those of the engine (named instance and kernels-…) and all
others, which parse, route, detokenize and write.
"""

import argparse
import asyncio
import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import local_server  # noqa: E402
import smoke  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--streams", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=64)
    options, serve = parser.parse_known_args()
    port = local_server.free_port()
    command = [options.binary, "serve", "--port", str(port), "--log-level", "error", *serve]
    server = subprocess.Popen(command)
    try:
        local_server.wait_until_healthy(server, port)
        before = times(server.pid)
        start = time.monotonic()
        chunks = asyncio.run(hold_streams(port, options.streams, options.tokens))
        elapsed = time.monotonic() - start
        report(before, times(server.pid), chunks, elapsed)
    finally:
        server.terminate()
        server.wait(timeout=90)


async def hold_streams(port: int, streams: int, tokens: int) -> int:
    counts = await asyncio.gather(*(stream(port, index, tokens) for index in range(streams)))
    return sum(counts)


async def stream(port: int, index: int, tokens: int) -> int:
    """Reads one stream to its end; returns the events received."""
    body = json.dumps(
        {
            "prompt": [index % 97 + 1, index % 89 + 1, 7],
            "max_tokens": tokens,
            "ignore_eos": True,
            "seed": index,
            "stream": True,
            "return_token_ids": True,
        }
    ).encode()
    reader, writer = await asyncio.open_connection(local_server.HOST, port)
    head = f"POST /v1/completions HTTP/1.1\r\nHost: {local_server.HOST}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    content = await asyncio.wait_for(reader.read(-1), timeout=1800)
    writer.close()
    smoke.expect(b"data: [DONE]" in content, f"stream {index} was cut: {content[-200:]!r}")
    return content.count(b"data: ") - 1


def times(pid: int) -> dict[str, float]:
    """Processor seconds of a process so far: the engine's threads and all others."""
    total = {"engine": 0.0, "gateway": 0.0}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        text = (task / "stat").read_text()
        name, fields = text[text.index("(") + 1 : text.rindex(")")], text.rsplit(")", 1)[1].split()
        is_engine = name.startswith(("instance", "kernels-"))
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        total["engine" if is_engine else "gateway"] += seconds
    return total


def report(before: dict, after: dict, chunks: int, elapsed: float) -> None:
    engine, gateway = (after[key] - before[key] for key in ("engine", "gateway"))
    share = gateway / (engine + gateway)
    print(f"{chunks} events in {elapsed:.1f} s, {chunks / elapsed:.0f} per second")
    print(f"engine {engine:.2f} s, gateway {gateway:.2f} s of processor time")
    print(f"gateway share {share:.1%}, {gateway / chunks * 1e6:.0f} µs per event")


if __name__ == "__main__":
    main()

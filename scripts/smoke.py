#!/usr/bin/env python3
"""End-to-end smoke test: start the server, chat, stream, hang up, read metrics, add and remove an
instance, drain.

Usage: smoke.py PATH_OF_KUNSERVE [ARGUMENTS OF serve…]

Uses the standard library and loopback only; every wait has an end.
"""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time

from local_server import HOST, free_port, wait_until_healthy


def main() -> None:
    binary, arguments = sys.argv[1], sys.argv[2:]
    port = free_port()
    server = subprocess.Popen(
        [binary, "serve", "--host", HOST, "--port", str(port), "--max-instances", "2", *arguments]
    )
    try:
        wait_until_healthy(server, port)
        check_models(port)
        check_chat(port)
        check_streamed_chat(port)
        check_errors(port)
        check_hang_up(port)
        check_instances(port)
        check_drain(server, port)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait(timeout=10)
    print("smoke: passed")


def request(port: int, method: str, path: str, body: dict | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    headers = {"Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def chat_body(**changes: object) -> dict:
    message = {"role": "user", "content": "Write a verse in the manner of ROMEO."}
    return {"messages": [message], "max_tokens": 32, "temperature": 0, "seed": 7, **changes}


def check_models(port: int) -> None:
    status, content = request(port, "GET", "/v1/models")
    expect(status == 200 and json.loads(content)["data"], f"/v1/models: {status} {content!r}")


def check_chat(port: int) -> None:
    texts = set()
    for _ in range(2):
        status, content = request(port, "POST", "/v1/chat/completions", chat_body())
        expect(status == 200, f"chat: {status} {content!r}")
        texts.add(json.loads(content)["choices"][0]["message"]["content"])
    expect(len(texts) == 1 and len(texts.pop()) > 10, "equal requests gave different texts")


def check_streamed_chat(port: int) -> None:
    _, whole = request(port, "POST", "/v1/chat/completions", chat_body())
    status, content = request(port, "POST", "/v1/chat/completions", chat_body(stream=True))
    events = content.decode().split("\n\n")
    expect(status == 200 and events[-2] == "data: [DONE]", f"stream: {status} {events[-3:]}")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events[:-2]]
    text = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)
    expected = json.loads(whole)["choices"][0]["message"]["content"]
    expect(text == expected, f"streamed {text!r}, whole {expected!r}")


def check_errors(port: int) -> None:
    status, content = request(port, "POST", "/v1/chat/completions", {"messages": 3})
    expect(status == 400 and "message" in json.loads(content)["error"], f"{status} {content!r}")
    status, _ = request(port, "GET", "/nowhere")
    expect(status == 404, f"unknown path: {status}")


def check_hang_up(port: int) -> None:
    """A client that leaves frees its blocks long before its tokens would be done."""
    body = json.dumps(chat_body(stream=True, max_tokens=1500, ignore_eos=True)).encode()
    with socket.create_connection((HOST, port), timeout=30) as client:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {HOST}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        client.recv(4096)
    for _ in range(200):
        if metric(port, "vllm:num_requests_running") == 0:
            return
        time.sleep(0.02)
    raise SystemExit("smoke: a request without a client kept running")


def metric(port: int, name: str) -> float:
    status, content = request(port, "GET", "/metrics")
    expect(status == 200, f"/metrics: {status}")
    lines = [line for line in content.decode().splitlines() if line.startswith(name + "{")]
    expect(len(lines) == 1, f"{name} is there {len(lines)} times")
    return float(lines[0].rsplit(" ", 1)[1])


def check_instances(port: int) -> None:
    """A second instance joins and leaves, and a stream goes on through both."""
    quiet = request(port, "POST", "/v1/chat/completions", chat_body(max_tokens=200))
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    headers = {"Content-Type": "application/json"}
    body = json.dumps(chat_body(max_tokens=200))
    connection.request("POST", "/v1/chat/completions", body, headers)
    status, content = request(port, "POST", "/v1/cluster/instances")
    expect(status == 202 and json.loads(content)["instances"] == [1], f"add: {status} {content!r}")
    status, content = request(port, "POST", "/v1/cluster/instances")
    expect(status == 409, f"more instances than there may be: {status} {content!r}")
    wait_for_phase(port, 1, "whole")
    status, content = request(port, "DELETE", "/v1/cluster/instances/0")
    expect(status == 202, f"remove: {status} {content!r}")
    wait_for_phase(port, 0, "absent")
    answer = connection.getresponse()
    moved = json.loads(answer.read())
    connection.close()
    same = json.loads(quiet[1])["choices"] == moved["choices"]
    expect(answer.status == 200 and same, f"the answer is another one: {moved}")


def wait_for_phase(port: int, instance: int, phase: str) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        instances = json.loads(request(port, "GET", "/v1/cluster")[1])["instances"]
        if instances[instance]["phase"] == phase:
            return
        time.sleep(0.05)
    raise SystemExit(f"smoke: instance {instance} is not {phase}")


def check_drain(server: subprocess.Popen, port: int) -> None:
    """SIGTERM lets a running stream finish, then ends the server with status 0."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    body = chat_body(stream=True, max_tokens=300, ignore_eos=True)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    answer = connection.getresponse()
    answer.read(64)
    server.send_signal(signal.SIGTERM)
    rest = answer.read()
    expect(rest.endswith(b"data: [DONE]\n\n"), f"the stream was cut: {rest[-200:]!r}")
    connection.close()
    status = server.wait(timeout=60)
    expect(status == 0, f"the server ended with status {status}")


def expect(condition: bool, message: str) -> None:
    if not condition:
        raise SystemExit(f"smoke: {message}")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""A syslog server on 127.0.0.1 that takes RFC 5424 messages and nothing else.

    syslog-server.py udp|tcp|tls [BOTH.pem]

Prints `PORT n`, then one JSON object a line for each message: what it says, or `{"malformed": why}`. Over TCP and TLS messages come
with their length before them (RFC 6587, 3.4.1; RFC 5425, 4.3).
"""
import json
import re
import socket
import ssl
import sys

HEADER = re.compile(
    rb"<(0|[1-9]\d{0,2})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) "
)
NAME = re.compile(rb"[!#-<>-\\^-~]{1,32}")


class Malformed(Exception):
    pass


def value(data, at):
    """The value between quotes that begins at `at`, and where it ends."""
    out = bytearray()
    while True:
        if at >= len(data):
            raise Malformed("a value that never ends")
        byte = data[at : at + 1]
        if byte == b'"':
            return out.decode("utf-8"), at + 1
        if byte == b"]":
            raise Malformed("] in a value without a backslash")
        if byte == b"\\" and data[at + 1 : at + 2] in (b'"', b"\\", b"]"):
            at += 1
            byte = data[at : at + 1]
        out += byte
        at += 1


def elements(data, at):
    if data[at : at + 1] == b"-":
        return {}, at + 1
    found = {}
    while data[at : at + 1] == b"[":
        name = NAME.match(data, at + 1)
        if not name:
            raise Malformed("no SD-ID")
        if name[0] in found:
            raise Malformed("the same SD-ID twice")
        if b"@" not in name[0]:
            raise Malformed("an SD-ID that nobody has registered")
        at = name.end()
        parameters = []
        while data[at : at + 1] == b" ":
            key = NAME.match(data, at + 1)
            if not key or data[key.end() : key.end() + 2] != b'="':
                raise Malformed("no PARAM-NAME")
            text, at = value(data, key.end() + 2)
            parameters.append([key[0].decode(), text])
        if data[at : at + 1] != b"]":
            raise Malformed("an element that never ends")
        found[name[0].decode()] = parameters
        at += 1
    if not found:
        raise Malformed("no structured data")
    return found, at


def parse(data):
    try:
        head = HEADER.match(data)
        if not head:
            raise Malformed("no header")
        if int(head[1]) > 191:
            raise Malformed("a priority over 191")
        found, at = elements(data, head.end())
        text = data[at:]
        if not text.startswith(b" \xef\xbb\xbf"):
            raise Malformed("text without a byte order mark")
        message = text[4:].decode("utf-8")
        if any(ord(character) < 32 for character in message):
            raise Malformed("control characters")
        return {
            "facility": int(head[1]) // 8, "severity": int(head[1]) % 8, "time": head[2].decode(), "host": head[3].decode(), "app": head[4].decode(),
            "process": head[5].decode(), "kind": head[6].decode(), "data": found, "text": message, "size": len(data),
        }
    except (Malformed, UnicodeDecodeError) as error:
        return {"malformed": str(error)}


def say(what):
    print(json.dumps(what), flush=True)


def frames(connection):
    data = b""
    while True:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
        while (head := re.match(rb"([1-9]\d{0,5}) ", data)) and len(data) >= head.end() + int(head[1]):
            say(parse(data[head.end() : head.end() + int(head[1])]))
            data = data[head.end() + int(head[1]) :]
    if data:
        say({"malformed": "bytes without a frame"})


def main():
    way = sys.argv[1]
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if way == "udp" else socket.SOCK_STREAM)
    server.bind(("127.0.0.1", 0))
    if way != "udp":
        server.listen()
    print("PORT", server.getsockname()[1], flush=True)
    if way == "udp":
        while True:
            say(parse(server.recv(65536)))
    context = None
    if way == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2])
    while True:
        connection, _ = server.accept()
        try:
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            frames(connection)
        except (OSError, ssl.SSLError):
            pass  # whoever does not trust it goes away
        finally:
            connection.close()


main()

#!/usr/bin/python3
"""A mail server for tests on 127.0.0.1, on top of aiosmtpd.

Prints `PORT n`, then a JSON object a line for each message that it takes, as Python's own mail parser reads it. Ends when
the program that started it does.
"""
import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

options = argparse.ArgumentParser()
options.add_argument("--certificate", help="PEM file with key and certificate")
options.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
options.add_argument("--auth", help="user:password that must be given")
options.add_argument("--recipient", action="append", default=[], metavar="ADDRESS=REPLY", help="answers RCPT so, always")
options.add_argument("--once", action="append", default=[], metavar="ADDRESS=REPLY", help="answers RCPT so, the first time")
options.add_argument("--data", action="append", default=[], metavar="REPLY", help="answers to messages, one after the other; then 250")
options.add_argument("--greeting", help="answers EHLO so")
options.add_argument("--hang", choices=["ehlo", "data", "quit"], help="says nothing more from here on")
options.add_argument("--together", type=int, default=1, metavar="N", help="answers to messages only once it has N of them")
options.add_argument("--close", choices=["ehlo", "data"], help="ends the connection here")
options = options.parse_args()


def say(line):
    print(line, flush=True)


def authenticate(server, session, envelope, mechanism, data):
    if mechanism not in ("LOGIN", "PLAIN"):
        return AuthResult(success=False, handled=False)
    given = data.login.decode() + ":" + data.password.decode()
    if given != options.auth:
        # Some servers do repeat what they were told.
        return AuthResult(success=False, handled=False, message="535 5.7.8 no such login: " + data.password.decode())
    session.signed_in = data.login.decode()
    return AuthResult(success=True)


class Handler:
    def __init__(self):
        self.once = dict(entry.split("=", 1) for entry in options.once)
        self.always = dict(entry.split("=", 1) for entry in options.recipient)
        self.data = list(options.data)
        self.missing = options.together
        self.are_together = asyncio.Event()

    async def stop_here(self, server, stage):
        if options.close == stage:
            server.transport.abort()
        if options.hang == stage or options.close == stage:
            await asyncio.sleep(3600)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        await self.stop_here(server, "ehlo")
        return [options.greeting] if options.greeting else responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        answer = self.once.pop(address, None) or self.always.get(address)
        if answer:
            say(json.dumps({"refused": address, "answer": answer}))
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        await self.stop_here(server, "data")
        self.missing -= 1
        if self.missing <= 0:
            self.are_together.set()
        await self.are_together.wait()
        answer = self.data.pop(0) if self.data else "250 2.0.0 queued"
        say(json.dumps(record(session, envelope) | {"answer": answer}))
        return answer

    async def handle_QUIT(self, server, session, envelope):
        await self.stop_here(server, "quit")
        return "221 bye"


def record(session, envelope):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return {
        "from": envelope.mail_from,
        "to": envelope.rcpt_tos,
        "encrypted": session.ssl is not None or options.tls == "implicit",
        "user": getattr(session, "signed_in", None),
        "headers": [[name, str(value)] for name, value in message.items()],
        "type": message.get_content_type(),
        "parts": [{"type": part.get_content_type(), "charset": part.get_content_charset(), "text": part.get_content().replace("\r\n", "\n")} for part in parts],
        "defects": [str(defect) for part in message.walk() for defect in part.defects],
        "header_defects": [str(defect) for value in message.values() for defect in value.defects],
        "longest_line": max(map(len, envelope.content.split(b"\r\n"))),
        "bare_line_ends": envelope.content.replace(b"\r\n", b"").count(b"\n") + envelope.content.replace(b"\r\n", b"").count(b"\r"),
        "is_ascii": envelope.content.isascii(),
    }


async def main():
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    loop = asyncio.get_running_loop()
    handler = Handler()

    def protocol():
        return SMTP(
            handler, loop=loop, hostname="mail.test", tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls" and context is not None, authenticator=authenticate if options.auth else None,
            auth_required=bool(options.auth), auth_require_tls=options.tls == "starttls",
        )

    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if options.tls == "implicit" else None)
    say("PORT %d" % server.sockets[0].getsockname()[1])
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)


asyncio.run(main())

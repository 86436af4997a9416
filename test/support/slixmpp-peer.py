# A client on slixmpp (Debian python3-slixmpp): says and asks what it is told to on standard input, one JSON
# object a line, and tells on standard output what comes back.
#
#   SLIXMPP_PEER: {"jid": …, "password": …, "host": …, "port": …}
#   in:  {"ask": id, "to": …, "type": "get", "xml": "<ping …/>"} | {"message": …} | {"ping": …} | {"disco": …}
#   out: {"online": jid} | {"reply": id, "type": …, "from": …, "xml": …} | {"report": xml, "from": …}

import asyncio
import json
import os
import sys
import xml.etree.ElementTree as ET

import slixmpp
from slixmpp.exceptions import IqError
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

REPORT = "{jabber:client}iq/{openspime:protocol:core}openspime"
TIMEOUT_S = 10


def tell(**event):
    print(json.dumps(event), flush=True)


class Peer(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        for name in ("xep_0030", "xep_0092", "xep_0199"):
            self.register_plugin(name)
        self.add_event_handler("session_start", self.begin)
        self.add_event_handler("failed_all_auth", lambda _: tell(failed="login"))
        self.register_handler(Callback("report", MatchXPath(REPORT), self.take_report))
        # asyncio holds tasks and streams weakly: what nobody else holds ends at the next garbage collection.
        self.tasks = set()

    def keep(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def begin(self, _):
        self.send_presence()
        tell(online=self.boundjid.full)
        self.keep(self.take_orders())

    async def take_orders(self):
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        while line := await reader.readline():
            self.keep(self.obey(json.loads(line)))
        self.disconnect()

    def take_report(self, iq):
        if iq["type"] != "set":
            return
        tell(report=ET.tostring(iq.xml, encoding="unicode"), **{"from": iq["from"].full})
        iq.reply().send()

    async def obey(self, order):
        if "message" in order:
            self.send_message(mto=order["to"], mbody=order["message"])
            return
        try:
            iq = await self.question(order)
        except IqError as error:
            iq = error.iq
        except Exception as error:
            tell(reply=order["ask"], type="none", xml=repr(error))
            return
        text = ET.tostring(iq.xml, encoding="unicode")
        tell(reply=order["ask"], type=iq["type"], xml=text, **{"from": iq["from"].full})

    def question(self, order):
        to = order["to"]
        if order["type"] == "ping":
            return self["xep_0199"].send_ping(to, timeout=TIMEOUT_S)
        if order["type"] == "disco":
            return self["xep_0030"].get_info(to, timeout=TIMEOUT_S)
        if order["type"] == "version":
            return self["xep_0092"].get_version(to, timeout=TIMEOUT_S)
        iq = self.make_iq(ito=to, itype=order["type"])
        iq.append(ET.fromstring(order["xml"]))
        return iq.send(timeout=TIMEOUT_S)


settings = json.loads(os.environ["SLIXMPP_PEER"])
peer = Peer(settings["jid"], settings["password"])
# The servers of the tests offer no TLS on this port; SCRAM needs none.
peer.connect((settings["host"], settings["port"]), force_starttls=False, disable_starttls=True)
peer.loop.run_until_complete(peer.disconnected)

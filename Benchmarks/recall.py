#!/usr/bin/env python3
"""How many of a log's attackers were found, and how many others were taken for attackers.

usage: recall.py LOG.truth.json DETECTIONS [--short]
DETECTIONS has an address or a network a line, or is the ndjson of `riposte replay` (the targets of its anomalies).
IPv6 counts by /64, as one host has at least that much. Networks wider than a host are counted apart: they find nobody.
"""
import ipaddress, json, sys

def key(text):
    network = ipaddress.ip_network(text.strip(), strict=False)
    if network.version == 6 and network.prefixlen > 64:
        network = network.supernet(new_prefix=64)
    return network

def is_host(network):
    return network.prefixlen == (32 if network.version == 4 else 64)

def detections(path):
    with open(path) as file:
        for line in file:
            if line.startswith("{"):
                record = json.loads(line)
                if record.get("kind") == "anomaly":
                    yield from record.get("targets", {}).get("addresses", [])
            elif line.strip():
                yield line

arguments = [argument for argument in sys.argv[1:] if argument != "--short"]
if len(arguments) != 2:
    sys.exit(__doc__)
truth = json.load(open(arguments[0]))
attackers = {key(address): about["kind"] for address, about in truth["attackers"].items()}
clear = {key(address) for address, about in truth["attackers"].items() if about["peak_in_10_min"] >= 5}
benign = {key(address) for address in truth["benign"]} - attackers.keys()
keys = {key(text) for text in detections(arguments[1])}
hosts = {network for network in keys if is_host(network)}
found = hosts & attackers.keys()
wrong = hosts & benign

if "--short" in sys.argv:
    print(f"{len(found)} of {len(attackers)} attackers, {len(wrong)} false")
    sys.exit()
print(f"attackers        {len(attackers)}")
print(f"found            {len(found)} ({100 * len(found) / len(attackers):.1f} %)")
for kind in dict.fromkeys(attackers.values()):
    of_kind = {network for network, its in attackers.items() if its == kind}
    print(f"  {kind:<14} {len(found & of_kind)} of {len(of_kind)}")
print(f"  5 in 10 min    {len(found & clear)} of {len(clear)}")
print(f"false positives  {len(wrong)} of {len(benign)} others")
for network in sorted(wrong, key=str)[:20]:
    print("  " + str(network).removesuffix("/32"))
if hosts - found - wrong:
    print(f"not in the log   {len(hosts - found - wrong)}")
if keys - hosts:
    print(f"wider networks   {len(keys - hosts)}")

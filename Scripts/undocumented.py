#!/usr/bin/env python3
"""Lists public symbols without a doc comment, and public types that a landing page does not list. usage: undocumented.py (GRAPHS PAGE)...
GRAPHS is a folder with the symbol graphs of one module, PAGE the landing page of its catalogue. Left out is what nobody writes:
members that the compiler synthesizes, and implementations of protocols, whose documentation is the protocol's. Fails where there is one."""
import glob, json, os, re, sys

def symbols(graph):
    """The symbols that somebody wrote and that say something of their own."""
    inherited = {r['source'] for r in graph['relationships'] if 'sourceOrigin' in r}
    for symbol in graph['symbols']:
        usr = symbol['identifier']['precise']
        if '::SYNTHESIZED::' not in usr and usr not in inherited and 'location' in symbol:
            yield symbol

def has_words(symbol):
    return any(line['text'].strip() for line in symbol.get('docComment', {}).get('lines', []))

def strangers(symbol):
    """Parameters that the documentation names and the symbol does not have."""
    signature = ''.join(fragment['spelling'] for fragment in symbol['declarationFragments'])
    words = re.findall(r'^ *- (?:Parameter )?(\w+):', '\n'.join(line['text'] for line in symbol.get('docComment', {}).get('lines', [])), re.M)
    return [word for word in words if word not in ('Parameters', 'Returns', 'Throws', 'Precondition') and not re.search(rf'\b{word}\b', signature)]

def place(symbol):
    file = symbol['location']['uri'].removeprefix('file://')
    return f"{os.path.relpath(file)}:{symbol['location']['position']['line'] + 1}"

def findings(graph_file, listed, page):
    """Each symbol, with what is missing of it."""
    with open(graph_file) as file:
        graph = json.load(file)
    for symbol in symbols(graph):
        name = '.'.join(symbol['pathComponents'])
        missing = [] if has_words(symbol) else [f"{place(symbol)}: {name} has no documentation"]
        # Extensions of other modules' types are listed by themselves.
        if len(symbol['pathComponents']) == 1 and '@' not in graph_file and name not in listed:
            missing.append(f"{place(symbol)}: {name} is not among the Topics of {page}")
        missing += [f"{place(symbol)}: {name} has no parameter “{word}”, which its documentation names" for word in strangers(symbol)]
        yield missing

def main(arguments):
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    found = []
    for folder, page in zip(arguments[::2], arguments[1::2]):
        with open(page) as file:
            listed = set(re.findall(r'^- ``(\w+)``$', file.read(), re.M))
        for graph_file in glob.glob(f"{folder}/*.symbols.json"):
            found += findings(graph_file, listed, page)
    problems = sorted(problem for missing in found for problem in missing)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(found)} public symbols, {len(problems)} times something is missing")
    return 1 if problems or not found else 0

sys.exit(main(sys.argv[1:]))

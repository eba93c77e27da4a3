#!/usr/bin/env python3
"""Deterministic sshd auth.log generator. usage: gen_auth.py OUT [LINES=1000000] [SEED=42]
Writes OUT (RFC3164 syslog, ascending time, one simulated day) and OUT.truth.json, which names the attackers and the others.
~60% of the lines come from 2,000 attacker IPs, ~40% from 3,000 benign IPs, cron and sudo. 1 in 20 addresses is IPv6.
Attackers: 1,600 fast (an attempt every 1 to 4 s), 300 slow (15 to 45 s), 100 very slow (15 to 22 min)."""
import sys, random, json, time, calendar
out=sys.argv[1]; N=int(sys.argv[2]) if len(sys.argv)>2 else 1_000_000
seed=int(sys.argv[3]) if len(sys.argv)>3 else 42
R=random.Random(seed)
BASE=calendar.timegm((2026,11,20,0,0,0)); DAY=86400
MON="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_ts={}
def ts(t):
    t=int(t)
    s=_ts.get(t)
    if s is None:
        g=time.gmtime(t); s=_ts[t]="%s %2d %02d:%02d:%02d"%(MON[g.tm_mon-1],g.tm_mday,g.tm_hour,g.tm_min,g.tm_sec)
    return s
def ip4(used,first):
    while True:
        i="%d.%d.%d.%d"%(R.choice(first),R.randrange(256),R.randrange(256),R.randrange(1,255))
        if i not in used: used.add(i); return i
def ip6(used):
    while True:
        i="2001:db8:%x:%x::%x"%(R.randrange(1,65535),R.randrange(1,65535),R.randrange(1,65535))
        if i not in used: used.add(i); return i
used=set()
att=[ip6(used) if k%20==0 else ip4(used,[45,61,80,91,103,141,159,177,185,193,218,222]) for k in range(2000)]
ben=[ip6(used) if k%20==0 else ip4(used,[5,23,62,77,86,90,98,109,176,188,212]) for k in range(3000)]
kind=["fast"]*1600+["slow"]*300+["veryslow"]*100
bad=["admin","test","oracle","ubuntu","git","postgres","user","ftpuser","deploy","hadoop","pi","support","minecraft","nagios","www","es","jenkins","dev","guest","tomcat"]
real=["root","alice","bob","carol","dave","eve","mallory","backup"]
ev=[]; pid=[1000]
def P():
    pid[0]=pid[0]+1 if pid[0]<4_000_000 else 1000
    return pid[0]
H="web01"
def attempt(t,ip):
    p=P(); po=R.randrange(1024,65000)
    h=f"{H} sshd[{p}]: "
    if R.random()<.6:
        u=R.choice(bad)
        ev.append((t,h+f"Invalid user {u} from {ip} port {po}"))
        ev.append((t,h+"pam_unix(sshd:auth): check pass; user unknown"))
        ev.append((t,h+f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}"))
        ev.append((t+2,h+f"Failed password for invalid user {u} from {ip} port {po} ssh2"))
        ev.append((t+2.5,h+f"Connection closed by invalid user {u} {ip} port {po} [preauth]"))
    else:
        u=R.choice(real)
        ev.append((t,h+f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user={u}"))
        ev.append((t+2,h+f"Failed password for {u} from {ip} port {po} ssh2"))
        ev.append((t+2.5,h+f"Received disconnect from {ip} port {po}:11: Bye Bye [preauth]"))
        ev.append((t+2.5,h+f"Disconnected from authenticating user {u} {ip} port {po} [preauth]"))
A=N*6//10; per=A/2000/4.6
for ip,k in zip(att,kind):
    n=max(8,int(R.gauss(per,per*.3)))
    gap={"fast":(1,4),"slow":(15,45),"veryslow":(900,1300)}[k]
    t=BASE+R.random()*(DAY*.97 if k!="veryslow" else 3600)
    for _ in range(n):
        if t>BASE+DAY-10: break
        attempt(t,ip)
        t+=R.uniform(*gap)
        if k=="fast" and R.random()<.02: t+=R.uniform(300,3000)
bf={}
i=0
while len(ev)<N:
    i+=1
    t=BASE+R.random()*(DAY-400); ip=R.choice(ben); u=R.choice(real[1:]); po=R.randrange(1024,65000); p=P()
    h=f"{H} sshd[{p}]: "; r=R.random()
    if r<.75:
        if R.random()<.03 and bf.get(ip,0)<2:   # typo then success
            bf[ip]=bf.get(ip,0)+1
            ev.append((t-5,h+f"pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={ip}  user={u}"))
            ev.append((t-3,h+f"Failed password for {u} from {ip} port {po} ssh2"))
            ev.append((t,h+f"Accepted password for {u} from {ip} port {po} ssh2"))
        else:
            ev.append((t,h+f"Accepted publickey for {u} from {ip} port {po} ssh2: ED25519 SHA256:{R.getrandbits(128):032x}"))
        ev.append((t+.1,h+f"pam_unix(sshd:session): session opened for user {u}(uid=1000) by (uid=0)"))
        e=t+R.uniform(5,350)
        ev.append((e,h+f"Received disconnect from {ip} port {po}:11: disconnected by user"))
        ev.append((e,h+f"Disconnected from user {u} {ip} port {po}"))
        ev.append((e,h+f"pam_unix(sshd:session): session closed for user {u}"))
    elif r<.9:
        q=P()
        ev.append((t,f"{H} CRON[{q}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)"))
        ev.append((t+1,f"{H} CRON[{q}]: pam_unix(cron:session): session closed for user root"))
    else:
        ev.append((t,f"{H} sudo:    {u} : TTY=pts/0 ; PWD=/home/{u} ; USER=root ; COMMAND=/usr/bin/systemctl status nginx"))
ev.sort(key=lambda x:x[0]); ev=ev[:N]
with open(out,"w") as f:
    w=f.write
    for t,l in ev: w(ts(t)+" "+l+"\n")
# The truth, from the lines that were written: failures of each address, and the most of them within 10 minutes.
times={}
for t,l in ev:
    if "Failed password" in l: times.setdefault(l.rsplit(" from ",1)[1].split()[0],[]).append(int(t))
def peak(ts):
    first=best=0
    for last,t in enumerate(ts):
        while t-ts[first]>=600: first+=1
        best=max(best,last-first+1)
    return best
fp=sum(map(len,times.values()))
json.dump({"lines":len(ev),"failed_password_lines":fp,
    "attackers":{ip:{"kind":k,"attempts":len(times[ip]),"peak_in_10_min":peak(times[ip])} for ip,k in zip(att,kind) if ip in times},
    "benign":ben,"benign_with_failures":bf},open(out+".truth.json","w"))
print(len(ev),"lines,",fp,"failed passwords")

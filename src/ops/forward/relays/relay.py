# Carries many connections over stdin and stdout (src/model/relay). Python 2.7 and 3; nothing but the standard library.
import sys
sys.path = [p for p in sys.path if p]  # a task's own socket.py is not ours
import errno, os, select, signal, socket, struct

HEAD, WINDOW, PIECE, SILENCE = struct.Struct('>cII'), 524288, 65536, 30
IN, OUT, BAD = select.POLLIN, select.POLLOUT, select.POLLERR | select.POLLNVAL | select.POLLHUP
WAIT = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EINTR, errno.EINPROGRESS)
poll, streams, by_fd = select.poll(), {}, {}


def tell(kind, stream, body=b''):
    frame = HEAD.pack(kind, stream, len(body)) + body
    while frame:
        frame = frame[os.write(1, frame):]


class Stream(object):
    def __init__(self, number, port, hosts):
        self.number, self.port, self.hosts = number, port, hosts
        self.sock, self.why, self.mask = None, '', 0
        self.connecting, self.waiting, self.deaf = True, [], False
        self.room, self.taken, self.they_ended, self.we_ended = WINDOW, 0, False, False
        streams[number] = self
        self.connect()

    def connect(self):
        self.leave()
        if not self.hosts:
            tell(b'N', self.number, self.why.encode())
            return self.forget()
        host = self.hosts.pop(0)
        try:
            self.sock = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_STREAM)
            self.sock.setblocking(False)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = self.sock.connect_ex((host, self.port))
        except (socket.error, OSError) as e:
            code = e.errno
        if code and code not in WAIT:
            return self.refused(code)
        by_fd[self.sock.fileno()] = self
        self.look()

    def refused(self, code):
        self.why = self.why or os.strerror(code)
        self.connect()

    def leave(self):
        if self.sock is not None:
            if self.mask:
                poll.unregister(self.sock)
            by_fd.pop(self.sock.fileno(), None)
            self.sock.close()
        self.sock, self.mask = None, 0

    def forget(self, reset=False):
        if self.sock is not None and reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.leave()
        streams.pop(self.number, None)

    def broken(self):
        tell(b'X', self.number)
        self.forget()

    def look(self):
        """What to wait for; a socket of which nothing is wanted is not looked at, or its end would wake us for ever."""
        mask = 0
        if self.connecting or self.waiting:
            mask |= OUT
        if not self.connecting and self.room and not self.we_ended:
            mask |= IN
        if mask and not self.mask:
            poll.register(self.sock, mask)
        elif mask != self.mask:
            poll.modify(self.sock, mask) if mask else poll.unregister(self.sock)
        self.mask = mask

    def woken(self, what):
        if self.connecting:
            code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return self.refused(code)
            self.connecting = False
            tell(b'K', self.number)
        elif what & OUT or (what & BAD and self.waiting):
            self.write()
        if self.sock is not None and what & (IN | BAD) and self.room and not self.we_ended:
            self.read()
        if self.sock is not None:
            self.look()

    def read(self):
        try:
            got = self.sock.recv(min(PIECE, self.room))
        except (socket.error, OSError) as e:
            return None if e.errno in WAIT else self.broken()
        if got:
            self.room -= len(got)
            tell(b'D', self.number, got)
        elif self.deaf:
            self.broken()
        else:
            self.we_ended = True
            tell(b'E', self.number)
            self.over()

    def write(self):
        while self.waiting:
            piece = self.waiting[0]
            try:
                n = self.sock.send(piece)
            except (socket.error, OSError) as e:
                if e.errno in WAIT:
                    return
                # Nobody reads there any more; what was written before that may still be read.
                self.waiting, self.deaf = [], True
                return self.broken() if self.we_ended else None
            if n < len(piece):
                self.waiting[0] = piece[n:]
            else:
                self.waiting.pop(0)
            self.taken += n
        if self.taken >= WINDOW // 2 and not self.they_ended:
            tell(b'C', self.number, struct.pack('>I', self.taken))
            self.taken = 0
        if self.they_ended:
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except (socket.error, OSError):
                pass
            self.over()

    def over(self):
        if self.we_ended and self.they_ended and not self.waiting:
            self.forget()


def heard(kind, number, body):
    if kind == b'P':
        return tell(b'P', 0)
    if kind == b'O':
        words = body.decode().split()
        return Stream(number, int(words[0]), words[1:])
    stream = streams.get(number)
    if stream is None:
        return
    if kind == b'X':
        return stream.forget(True)
    if kind == b'C':
        stream.room += struct.unpack('>I', body)[0]
    elif kind == b'D' and not stream.deaf:
        stream.waiting.append(body)
        if len(stream.waiting) == 1:
            stream.write()
    elif kind == b'E':
        stream.they_ended = True
        if not stream.waiting:
            stream.write()
    if stream.sock is not None:
        stream.look()


def main():
    held = b''
    poll.register(0, IN)
    # Whoever started us is gone when nothing comes for so long; this ends us even when nobody takes what we say.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SILENCE)
    tell(b'H', 1)
    while True:
        try:
            woken = poll.poll()
        except select.error as e:
            if e.args[0] != errno.EINTR:
                raise
            continue
        for fd, what in woken:
            if fd:
                if fd in by_fd:
                    by_fd[fd].woken(what)
                continue
            got = os.read(0, 4 * PIECE)
            if not got:
                return
            signal.alarm(SILENCE)
            held, at = held + got, 0
            while len(held) - at >= HEAD.size:
                kind, number, size = HEAD.unpack_from(held, at)
                if len(held) - at - HEAD.size < size:
                    break
                at += HEAD.size + size
                heard(kind, number, held[at - size:at])
            held = held[at:]


try:
    main()
except (OSError, IOError) as e:
    if e.errno != errno.EPIPE:
        raise

"""The functions that a program calls: each has a breakpoint at its begin, which is removed at the first call. Linux on x86-64."""

import ctypes
import errno
import os
import signal
import struct
import subprocess
import threading

from harness.errors import HarnessError

TRACE_ME, CONTINUE, GET_REGISTERS, SET_REGISTERS, SET_OPTIONS = 0, 7, 12, 13, 0x4200  # <sys/ptrace.h>
FOLLOW_THREADS, KILL_WITH_TRACER = 1 << 3, 1 << 20
EVERY_CHILD = 0x40000000  # __WALL of waitpid(2)
BREAKPOINT = b"\xcc"  # int3
REGISTERS = struct.Struct("27Q")  # struct user_regs_struct
INSTRUCTION = 16  # the index of rip in it

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes, _libc.ptrace.restype = [ctypes.c_long] * 4, ctypes.c_long


def _ptrace(request, process, address=0, data=0):
    if _libc.ptrace(request, process, address, data) == -1 and ctypes.get_errno() != errno.ESRCH:  # the thread was killed: waitpid() tells
        raise HarnessError(f"the server cannot be traced: {os.strerror(ctypes.get_errno())}; run it where ptrace(2) is allowed")


def functions_of(program):
    """Address: name, of every function in the file. Link-time optimisation leaves symbols of other types, whose values are no places in
    the code."""
    listed = subprocess.run(["readelf", "--symbols", "--wide", program], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in listed.splitlines():
        match line.split():  # number, address, size, type, binding, visibility, section, name
            case [_, address, _, "FUNC" | "IFUNC", _, _, section, name, *_] if section != "UND":
                found.setdefault(int(address, 16), name)
    return found


class Tracer:
    """Starts the program. run() lets it run, in the same thread, until it ends. Meanwhile another thread can take() what was called, and
    use `input` and `output`, the other ends of its standard input and output."""

    def __init__(self, command):
        self._addresses = functions_of(command[0])
        self._first_bytes = {}
        self._called = []
        self._lock = threading.Lock()
        standard_input, self.input = os.pipe()
        self.output, standard_output = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.dup2(standard_input, 0)
            os.dup2(standard_output, 1)
            _ptrace(TRACE_ME, 0)
            os.execv(command[0], command)
        os.close(standard_input)
        os.close(standard_output)
        os.waitpid(self.process, 0)  # it stops in exec
        _ptrace(SET_OPTIONS, self.process, 0, FOLLOW_THREADS | KILL_WITH_TRACER)
        self._memory = open(f"/proc/{self.process}/mem", "r+b", buffering=0)  # noqa: SIM115: closed in run()
        self._find_code(os.path.realpath(command[0]))
        self._set_breakpoints()

    def _find_code(self, path):
        with open(f"/proc/{self.process}/maps", encoding="utf-8") as maps:
            mapped = [line.split() for line in maps if line.rstrip().endswith(path)]
        self._base = int(mapped[0][0].split("-")[0], 16)
        for addresses, permissions, *_ in mapped:
            begin, end = (int(text, 16) - self._base for text in addresses.split("-"))
            for address in self._addresses:
                if "x" in permissions and begin <= address < end:
                    self._memory.seek(self._base + address)
                    self._first_bytes[address] = self._memory.read(1)

    def _write(self, address, byte):
        self._memory.seek(self._base + address)
        self._memory.write(byte)

    def _set_breakpoints(self):
        for address in self._first_bytes:
            self._write(address, BREAKPOINT)

    def take(self):
        """The addresses of the functions that were called, in the order of their first calls. Counts from the begin again."""
        with self._lock:
            called, self._called = self._called, []
            self._set_breakpoints()
        return called

    def _on_breakpoint(self, thread):
        """False if the thread stopped for another reason."""
        registers = ctypes.create_string_buffer(REGISTERS.size)
        _ptrace(GET_REGISTERS, thread, 0, ctypes.addressof(registers))
        values = list(REGISTERS.unpack(registers.raw))
        address = values[INSTRUCTION] - 1 - self._base
        if address not in self._first_bytes:
            return False
        with self._lock:
            self._write(address, self._first_bytes[address])
            self._called.append(address)
        values[INSTRUCTION] -= 1
        registers.raw = REGISTERS.pack(*values)
        _ptrace(SET_REGISTERS, thread, 0, ctypes.addressof(registers))
        return True

    def run(self):
        _ptrace(CONTINUE, self.process)
        while True:
            thread, status = os.waitpid(-1, EVERY_CHILD)
            if not os.WIFSTOPPED(status):
                if thread == self.process:
                    self._memory.close()
                    return
                continue
            number = os.WSTOPSIG(status)
            if number == signal.SIGSTOP or number == signal.SIGTRAP and (status >> 16 or self._on_breakpoint(thread)):
                number = 0  # a new thread, or a breakpoint: no signal for the program
            _ptrace(CONTINUE, thread, 0, number)

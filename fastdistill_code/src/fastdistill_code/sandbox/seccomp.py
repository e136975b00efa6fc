"""The system calls that a candidate may make: an allow-list; any other fails with EPERM.

No process can be started (threads can), no program executed, no socket opened but a private pair, no
signal sent outside the process (neither by a call nor by a descriptor's owner), nothing traced, mounted,
shared or kept, no file's times changed.
"""

import ctypes
import struct

from fastdistill_code.sandbox.syscalls import MACHINE, PR_SET_SECCOMP, Step, prctl_step

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X86_64 = (
    # read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sig*
    *range(16),
    # p(read|write)64 readv writev access pipe select sched_yield mremap msync mincore madvise
    *range(17, 29),
    # dup dup2 pause nanosleep getitimer alarm setitimer getpid
    *range(32, 40),
    # exit uname flock fsync fdatasync truncate ftruncate getcwd chdir fchdir rename mkdir
    # rmdir creat unlink
    60, 63, 73, 74, 75, 76, 77, 79, 80, 81, 82, 83, 84, 85, 87,
    # symlink readlink umask gettimeofday getrlimit getrusage sysinfo times getuid getgid geteuid
    # getegid getppid getpgrp
    88, 89, 95, 96, 97, 98, 99, 100, 102, 104, 107, 108, 110, 111,
    # rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack arch_prctl gettid time futex sched_getaffinity
    127, 128, 130, 131, 158, 186, 201, 202, 204,
    # epoll_create getdents64 set_tid_address clock_gettime clock_getres clock_nanosleep exit_group
    # epoll_wait epoll_ctl
    213, 217, 218, 228, 229, 230, 231, 232, 233,
    # openat mkdirat newfstatat unlinkat renameat symlinkat readlinkat faccessat pselect6
    # ppoll set_robust_list
    257, 258, 262, 263, 264, 266, 267, 269, 270, 271, 273,
    # epoll_pwait fallocate eventfd2 epoll_create1 dup3 pipe2 preadv pwritev renameat2 getrandom
    281, 285, 290, 291, 292, 293, 295, 296, 316, 318,
    # copy_file_range statx rseq close_range faccessat2 recvfrom shutdown
    326, 332, 334, 436, 439, 45, 48,
)  # fmt: skip
_AARCH64 = (
    # getcwd eventfd2 epoll_create1 epoll_ctl epoll_pwait dup dup3 flock mkdirat unlinkat
    # symlinkat renameat
    17, 19, 20, 21, 22, 23, 24, 32, 34, 35, 36, 38,
    # truncate ftruncate fallocate faccessat chdir fchdir openat close pipe2 getdents64 lseek read
    # write readv writev
    45, 46, 47, 48, 49, 50, 56, 57, 59, 61, 62, 63, 64, 65, 66,
    # pread64 pwrite64 preadv pwritev pselect6 ppoll readlinkat newfstatat fstat fsync fdatasync
    # exit exit_group
    67, 68, 69, 70, 72, 73, 78, 79, 80, 82, 83, 93, 94,
    # set_tid_address futex set_robust_list nanosleep getitimer setitimer clock_* sched_getaffinity
    # sched_yield
    96, 98, 99, 101, 102, 103, 113, 114, 115, 123, 124,
    # sigaltstack rt_sig* times uname getrlimit getrusage umask gettimeofday getpid getppid
    # get(e)(u|g)id gettid sysinfo
    132, 133, 134, 135, 136, 137, 139, 153, 160, 163, 165, 166, 169, 172, 173, 174, 175, 176, 177, 178, 179,
    # recvfrom shutdown brk munmap mremap mmap mprotect msync mincore madvise renameat2 getrandom
    # copy_file_range
    207, 210, 214, 215, 216, 222, 226, 227, 232, 233, 276, 278, 285,
    # statx rseq close_range faccessat2
    291, 293, 436, 439,
)  # fmt: skip
_ALLOWED = {"x86_64": _X86_64, "aarch64": _AARCH64}
_NUMBERS = {  # ioctl clone prlimit64 socketpair sendto tgkill fcntl
    "x86_64": (16, 56, 302, 53, 44, 234, 72),
    "aarch64": (29, 220, 261, 199, 206, 131, 25),
}
_EXECUTE = {"x86_64": (59,), "aarch64": (221,)}
_CLONE3, _ENOSYS, _EPERM = 435, 38, 1
_IOCTLS = (0x5401, 0x5413, 0x5421, 0x5450, 0x5451)  # TCGETS TIOCGWINSZ FIONBIO FIONCLEX FIOCLEX
_OWNERS = (8, 10, 15, 1024, 1026)  # F_SETOWN F_SETSIG F_SETOWN_EX F_SETLEASE F_NOTIFY
NOBODY = 0x7FFFFFF1
"""No process's id: what stands for it in a filter that is made before its process."""
_CLONE_THREAD, _AF_UNIX = 0x00010000, 1

_LOAD, _JEQ, _JGT, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000


def available() -> bool:
    """Whether this machine's calls are known here (the kernel is asked when the filter is installed)."""
    return MACHINE in _AUDIT_ARCH


def program(pid: int, *, becomes: bool = False) -> bytes:
    """The filter as BPF instructions, for the process `pid`, which may send signals to itself alone and,
    where it `becomes` another program, execute one.

    It is compiled by the kernel for each process, so it is kept short: ranges of numbers in rising order,
    behind the calls that depend on their arguments.
    """
    ioctl, clone, prlimit, socketpair, sendto, tgkill, fcntl = _NUMBERS[MACHINE]
    allow, deny = _op(_RETURN, _ALLOW), _op(_RETURN, _ERRNO | _EPERM)
    code = [_op(_LOAD, 4), _op(_JEQ, _AUDIT_ARCH[MACHINE], 1, 0), _op(_RETURN, _KILL), _op(_LOAD, 0)]
    code += [_op(_JEQ, _CLONE3, 0, 1), _op(_RETURN, _ERRNO | _ENOSYS)]
    conditions = [
        (clone, [_op(_LOAD, 16), _op(_JSET, _CLONE_THREAD, 0, 1), allow]),
        (prlimit, [_op(_LOAD, 32), _op(_JEQ, 0, 0, 3), _op(_LOAD, 36), _op(_JEQ, 0, 0, 1), allow]),
        (socketpair, [_op(_LOAD, 16), _op(_JEQ, _AF_UNIX, 0, 1), allow]),
        (sendto, [_op(_LOAD, 48), _op(_JEQ, 0, 0, 3), _op(_LOAD, 52), _op(_JEQ, 0, 0, 1), allow]),
        (tgkill, [_op(_LOAD, 16), _op(_JEQ, pid, 0, 1), allow]),
        (fcntl, [_op(_LOAD, 24), *_but(_OWNERS), allow]),
        (ioctl, [_op(_LOAD, 24), *(op for n in _IOCTLS for op in (_op(_JEQ, n, 0, 1), allow))]),
    ]
    for number, body in conditions:
        code += [_op(_JEQ, number, 0, len(body) + 1), *body, deny]
    plain = {*_ALLOWED[MACHINE], *(_EXECUTE[MACHINE] if becomes else ())}
    ranges = _ranges(sorted(plain - {number for number, _ in conditions}))
    for i, (first, last) in enumerate(ranges):
        ahead = 2 * (len(ranges) - i - 1)
        code += [_op(_JGT, last, 1, 0), _op(_JGE, first, ahead + 1, ahead)]
    return b"".join([*code, deny, allow])


def _ranges(numbers: list[int]) -> list[tuple[int, int]]:
    """Sorted numbers as the first and last of each run without a gap."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        first, last = found[-1] if found else (number, -2)
        if number == last + 1:
            found[-1] = first, number
        else:
            found.append((number, number))
    return found


def _but(values: tuple[int, ...]) -> list[bytes]:
    """Jumps over the operation behind them for each of the values."""
    return [_op(_JEQ, value, len(values) - i, 0) for i, value in enumerate(values)]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def for_process(template: bytes, pid: int) -> bytes:
    """The filter for `pid` from one that was made for `NOBODY`."""
    return template.replace(struct.pack("=I", NOBODY), struct.pack("=I", pid))


def installer(filter_program: bytes) -> Step:
    """What holds a process to the filter, for good. It must have no_new_privs."""
    held = ctypes.create_string_buffer(filter_program, len(filter_program))
    header = struct.pack("@HP", len(filter_program) // 8, ctypes.addressof(held))
    passed = ctypes.create_string_buffer(header, len(header))
    step = prctl_step(PR_SET_SECCOMP, 2, ctypes.addressof(passed))
    return Step(step.name, step.function, step.arguments, (held, passed))


def install(filter_program: bytes) -> None:
    """Hold this process to the filter."""
    installer(filter_program).take()

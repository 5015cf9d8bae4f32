package web

import (
	"net"
	"os/user"
	"strconv"

	"golang.org/x/sys/unix"
)

// peerUser is the name of the user at the other end of a Unix socket, or the number where there is no name.
func peerUser(c net.Conn) string {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return "unknown"
	}
	raw, err := u.SyscallConn()
	if err != nil {
		return "unknown"
	}
	var cred *unix.Ucred
	if err := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil || cred == nil {
		return "unknown"
	}
	id := strconv.FormatUint(uint64(cred.Uid), 10)
	if who, err := user.LookupId(id); err == nil {
		return who.Username
	}
	return id
}

//go:build unix

package bolt

import (
	"os"
	"syscall"
)

// unlock lets go of a file that bbolt locked and then panicked over. Closing it is not enough: its memory map stays and
// keeps the lock.
func unlock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close()
}

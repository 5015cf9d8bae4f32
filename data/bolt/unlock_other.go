//go:build !unix

package bolt

import "os"

func unlock(f *os.File) { _ = f.Close() }

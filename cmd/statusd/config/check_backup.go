package config

import (
	"path/filepath"
	"strings"
	"time"
)

// Backup says which copies of the database the service makes by itself.
type Backup struct {
	Dir   string
	Every time.Duration
	Keep  int // at least 1
}

// The defaults of Backup.
const (
	DefaultBackupEvery = 24 * time.Hour
	DefaultBackupKeep  = 14
)

func (c *checker) backups() {
	f, p := c.file.Backup, path{"backup"}
	if f == nil {
		return
	}
	out := Backup{Every: DefaultBackupEvery, Keep: DefaultBackupKeep}
	if f.Dir != "" {
		out.Dir = c.beside(f.Dir)
		if inside(out.Dir, c.cfg.Data) {
			c.warn(p.with("dir"), "these copies lie beside the database and are lost with it: name a directory on another disk")
		}
	}
	if f.Every != 0 {
		out.Every = time.Duration(f.Every)
		if out.Every < time.Minute {
			c.fault(p.with("every"), "every: %s is too often: use at least 1m, such as 24h", out.Every)
		}
	}
	if f.Keep != nil && !c.tainted(p.with("keep")) {
		if out.Keep = *f.Keep; out.Keep < 1 {
			c.fault(p.with("keep"), "keep: %d copies are none: keep at least 1, such as 14", out.Keep)
		}
	}
	c.cfg.Backup = &out
}

// inside says whether dir is at or below another directory that is known.
func inside(dir, other string) bool {
	if other == "" {
		return false
	}
	rel, err := filepath.Rel(other, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, "../")
}

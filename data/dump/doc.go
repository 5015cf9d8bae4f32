// Package dump writes everything a store keeps as JSON, for people and programs that want to look at it elsewhere. It is no
// backup: secrets stay out, and nothing reads it back. docs/backup.md describes the format.
package dump

// Package source stands for a checkout of this program.
package source

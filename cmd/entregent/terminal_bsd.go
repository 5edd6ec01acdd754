//go:build darwin || freebsd || netbsd || openbsd

package main

import "golang.org/x/sys/unix"

// How these systems read and write a terminal's settings.
const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)

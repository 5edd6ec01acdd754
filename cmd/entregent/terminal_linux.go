package main

import "golang.org/x/sys/unix"

// How this system reads and writes a terminal's settings.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)

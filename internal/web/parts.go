package web

import (
	"bufio"
	"bytes"
	"io"
)

// plainHeads reads a multipart body and leaves the control characters out of the heads of its parts, where a file's name may
// bring them: the reader of such bodies takes none of a form with one. What the parts hold passes as it is.
type plainHeads struct {
	in       *bufio.Reader
	boundary []byte // with its dashes
	begun    bool   // what was read last ended its line
	head     bool   // it stands in a head
	left     []byte // read, and not handed on yet
}

func newPlainHeads(in io.Reader, boundary string) *plainHeads {
	return &plainHeads{in: bufio.NewReader(in), boundary: []byte("--" + boundary), begun: true}
}

func (h *plainHeads) Read(p []byte) (int, error) {
	for len(h.left) == 0 {
		line, err := h.in.ReadSlice('\n') // or as much of it as there is room for
		if len(line) == 0 {
			return 0, err
		}
		h.left = h.pass(line)
	}
	n := copy(p, h.left)
	h.left = h.left[n:]
	return n, nil
}

// pass follows where heads begin and end.
func (h *plainHeads) pass(line []byte) []byte {
	start := h.begun
	h.begun = line[len(line)-1] == '\n'
	switch {
	case h.head:
		end := line[len(line):]
		if h.begun {
			end = line[len(bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))):]
		}
		kept := line[:0]
		for _, c := range line[:len(line)-len(end)] {
			if c >= ' ' && c != 0x7f || c == '\t' {
				kept = append(kept, c)
			}
		}
		h.head = !start || len(kept) > 0 || !h.begun
		return append(kept, end...)
	case start:
		rest, ok := bytes.CutPrefix(line, h.boundary)
		h.head = ok && len(bytes.TrimSpace(rest)) == 0
	}
	return line
}

package message

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// source is the mail as a run of lines, in which boundaries end parts. A boundary of any multipart that is open ends all
// that are inside it, so that one that was never closed does no harm.
type source struct {
	r      *bufio.Reader
	open   []string // the boundaries of the multiparts that are being read, the outermost first
	middle bool     // the next piece goes on with a line
	failed error    // what the reader beneath said, other than its end

	ended bool // nothing more to read before the boundary below is dealt with, or at all
	at    int  // the multipart whose boundary was met; -1 = the mail's end
	last  bool // it was the closing one
}

// piece is the next line, or the next piece of a long one, with its end. io.EOF: a boundary or the mail's end was met.
// It holds until the next call.
func (s *source) piece() ([]byte, error) {
	if s.ended {
		return nil, io.EOF
	}
	b, err := s.r.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && (err != io.EOF || len(b) == 0) {
		if err != io.EOF {
			s.failed = err
		}
		s.ended, s.at = true, -1
		return nil, io.EOF
	}
	start := !s.middle
	s.middle = len(b) == 0 || b[len(b)-1] != '\n'
	if start && s.boundary(b) {
		return nil, io.EOF
	}
	return b, nil
}

// boundary notes it when the line is one of an open multipart.
func (s *source) boundary(line []byte) bool {
	line, ok := bytes.CutPrefix(line, []byte("--"))
	if !ok {
		return false
	}
	line = bytes.TrimRight(line, " \t\r\n")
	for i := len(s.open) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(line, []byte(s.open[i]))
		if closing := string(rest) == "--"; ok && (closing || len(rest) == 0) {
			s.ended, s.at, s.last, s.middle = true, i, closing, false
			return true
		}
	}
	return false
}

// skip reads on to the next boundary or the end.
func (s *source) skip() {
	for {
		if _, err := s.piece(); err != nil {
			return
		}
	}
}

// end reads to the mail's end, and tells what went wrong beneath.
func (s *source) end() error {
	s.open = nil
	if !s.ended || s.at >= 0 {
		s.ended = false
		s.skip()
	}
	return s.failed
}

// head reads the fields up to the empty line. Lines that are none are passed over.
func (s *source) head(most int) (h head, err error) {
	var field strings.Builder
	add := func() {
		if name, value, ok := strings.Cut(field.String(), ":"); ok {
			h = append(h, [2]string{strings.TrimSpace(name), strings.TrimSpace(value)})
		}
		field.Reset()
	}
	for goesOn := false; ; {
		b, err := s.piece()
		if err != nil {
			break
		}
		if most -= len(b); most < 0 {
			return nil, refuse(Structure)
		}
		line := strings.TrimRight(string(b), "\r\n")
		if line == "" && !goesOn {
			break
		}
		if !goesOn && line[0] != ' ' && line[0] != '\t' {
			add()
		}
		if field.Len()+len(line) > maxField {
			return nil, refuse(Structure)
		}
		field.WriteString(line)
		goesOn = s.middle
	}
	add()
	return h, s.failed
}

// body reads a part up to the boundary that ends it. The line end before a boundary belongs to the boundary.
type body struct {
	s    *source
	give string // line end to be given now
	rest []byte // of the line, to be given after it
	eol  string // the line's own end, to be given if more follows
}

func (b *body) Read(p []byte) (int, error) {
	for len(b.give) == 0 && len(b.rest) == 0 {
		piece, err := b.s.piece()
		if err != nil {
			if b.s.failed != nil {
				err = b.s.failed
			}
			return 0, err
		}
		line := bytes.TrimSuffix(bytes.TrimSuffix(piece, []byte("\n")), []byte("\r"))
		b.give, b.rest, b.eol = b.eol, line, string(piece[len(line):])
	}
	if len(b.give) > 0 {
		n := copy(p, b.give)
		b.give = b.give[n:]
		return n, nil
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

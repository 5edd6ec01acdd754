// Package message reads what people's mail programs send: from a mail as it comes over the wire to the words that its
// author wrote and the files that came along.
//
// It is made for mails that nobody has checked. Whatever it is given, it reads it once from the front to the end, holds
// no more of it than its limits say, and either understands it or refuses it with a fault.Invalid whose key says why. It
// knows no request, no database and no network.
package message

import (
	"bufio"
	"io"
	"strings"

	"github.com/entregent/entregent/internal/fault"
)

// The limits of a mail. What is longer, deeper or of more parts than people's programs make it is refused.
const (
	MaxHead  = 128 << 10 // bytes of the mail's own head
	maxField = 32 << 10  // bytes of one field of a head
	maxInner = 16 << 10  // bytes of a part's head
	maxText  = 512 << 10 // bytes of a text part that are read; what comes after them is the quoted thread, or too long
	maxParts = 200
	maxDepth = 20
	buffer   = 32 << 10 // how much of a line is looked at together
)

// MaxLine is the longest line that a server should take; longer ones are no mail.
const MaxLine = 64 << 10

// The keys of the refusals.
const (
	Unreadable = "inbound.refused.unreadable" // its structure or an encoding is broken
	Sealed     = "inbound.refused.sealed"     // encrypted, or signed in a way that hides the text
	Structure  = "inbound.refused.structure"  // too many parts, too deep, or a head without end
	TooLong    = "inbound.refused.too_long"   // the text
	Empty      = "inbound.refused.empty"      // nothing is left without the quoted part, and there is no file
)

// refuse makes the fault of a key.
func refuse(key string) error { return fault.New(fault.Invalid, key) }

// Mail is a mail of which the head has been read. Body reads the rest.
type Mail struct {
	ID     string   // the Message-ID, without its angles; "" = it has none
	From   []string // the addresses of its authors, in small letters: whatever the mail says, which proves nothing
	Robot  Robot    // "" = as far as its head tells, a person sent it
	head   head
	source *source
}

// File is a file that came along.
type File struct {
	Name string // as the mail has it, in no way checked; "" = none
	Type string // as the mail has it: «image/png»; what is inside may be something else
}

// Keep takes a file while it comes in. It may leave some of it unread. Its error ends the reading, and comes back from Body.
type Keep func(f File, content io.Reader) error

// Open reads a mail's head. Errors of r come back as they are.
func Open(r io.Reader) (*Mail, error) {
	m := &Mail{source: &source{r: bufio.NewReaderSize(r, buffer)}}
	var err error
	if m.head, err = m.source.head(MaxHead); err != nil {
		return nil, err
	}
	m.ID = identifier(m.head.get("Message-ID"))
	m.From = m.head.authors()
	m.Robot = m.head.robot()
	return m, nil
}

// Body reads the rest of the mail: the text that its author wrote, without what is quoted and without the signature, and
// each file, in the mail's order. It is called once. Markers are the lines above which our own letters ask for an answer.
func (m *Mail) Body(markers []string, keep Keep) (text string, err error) {
	w := &walk{source: m.source, keep: keep}
	found, err := w.part(m.head, 0, "")
	if err == nil {
		err = m.source.end()
	}
	if err != nil {
		return "", err
	}
	text, cut := own(found.text, markers)
	switch {
	case found.more && !cut:
		return "", refuse(TooLong)
	case text == "" && w.files == 0:
		return "", refuse(Empty)
	}
	return text, nil
}

// identifier is what stands between the angles of a Message-ID, or all of it.
func identifier(s string) string {
	s = strings.TrimSpace(s)
	if _, after, ok := strings.Cut(s, "<"); ok {
		s, _, _ = strings.Cut(after, ">")
	}
	return strings.TrimSpace(s)
}

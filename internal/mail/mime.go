package mail

import (
	"bytes"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/entregent/entregent/internal/mail/prose"
)

// bytes is the message as it goes over the wire (RFC 5322, MIME): text and HTML as alternatives, names and subject
// encoded, nothing but ASCII. The same message gives the same bytes.
func (m Message) bytes() ([]byte, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingQP), gomail.WithCharset(gomail.CharsetUTF8))
	msg.FromMailAddress(&netmail.Address{Name: prose.OneLine(m.FromName), Address: m.From.String()})
	msg.ToMailAddress(&netmail.Address{Name: prose.OneLine(m.ToName), Address: m.To.String()})
	if !m.ReplyTo.IsZero() {
		msg.ReplyToMailAddress(&netmail.Address{Name: prose.OneLine(m.FromName), Address: m.ReplyTo.String()})
	}
	msg.Subject(prose.OneLine(m.Subject))
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.Date.Time())
	msg.SetGenHeader("Content-Language", string(m.Language))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notices, please
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same to Exchange
	name, _, _ := strings.Cut(m.ID, "@")
	msg.SetBoundary("letter" + strings.ReplaceAll(name, "-", ""))
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	var b bytes.Buffer
	_, err := msg.WriteTo(&b)
	return b.Bytes(), err
}

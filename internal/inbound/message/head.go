package message

import (
	"io"
	"mime"
	netmail "net/mail"
	"path"
	"strings"

	"github.com/entregent/entregent/internal/id"
)

// head is the fields of a mail or a part, in their order, as they stand there but for line ends.
type head [][2]string

// get is the first field of a name, "" if there is none: where a field stands twice, nobody knows which of them other
// programs took.
func (h head) get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f[0], name) {
			return f[1]
		}
	}
	return ""
}

// authors are the addresses of From, in small letters.
func (h head) authors() (list []string) {
	said := h.get("From")
	all, err := netmail.ParseAddressList(said)
	for _, a := range all {
		list = append(list, strings.ToLower(a.Address))
	}
	if err == nil {
		return list
	}
	if _, after, ok := strings.Cut(said, "<"); ok { // a name that is not as it should be
		said, _, _ = strings.Cut(after, ">")
	}
	return []string{strings.ToLower(strings.TrimSpace(said))}
}

// Robot says by what a mail shows that no person sent it.
type Robot string

// The signs of robots.
const (
	Automatic Robot = "automatic" // an out-of-office notice, or any other answer that a program gives (RFC 3834)
	Bulk      Robot = "bulk"      // a mailing list, an advertisement
	Report    Robot = "report"    // that a mail was delivered, not delivered, or read
)

// robot looks for the signs in the head.
func (h head) robot() Robot {
	kind, _ := h.content("Content-Type", "text/plain")
	first := func(name string) string {
		word, _, _ := strings.Cut(h.get(name), ";")
		return strings.ToLower(strings.TrimSpace(word))
	}
	auto, suppress := first("Auto-Submitted"), strings.ToLower(h.get("X-Auto-Response-Suppress"))
	switch precedence := first("Precedence"); {
	case kind == "multipart/report" || kind == "message/delivery-status" || kind == "message/disposition-notification" || first("Return-Path") == "<>":
		return Report
	case auto != "" && auto != "no", precedence == "auto_reply", h.get("X-Autoreply") != "", h.get("X-Autorespond") != "",
		suppress != "" && suppress != "none", isAbsence(h.get("Subject")):
		return Automatic
	case precedence == "bulk" || precedence == "list" || precedence == "junk" || h.get("List-Id") != "":
		return Bulk
	}
	return ""
}

// isAbsence reports whether a subject is that of an out-of-office notice.
func isAbsence(subject string) bool {
	subject = folded(words(subject))
	for _, begins := range []string{"réponse automatique", "automatic reply", "autoreply:", "auto:", "out of office", "absence du bureau", "absent du bureau", "message d'absence", "message d’absence"} {
		if strings.HasPrefix(subject, begins) {
			return true
		}
	}
	return false
}

// IsLetterOf reports whether the Message-ID is one that letters of this installation have: an identifier and its host.
func IsLetterOf(messageID, host string) bool {
	local, at, ok := strings.Cut(messageID, "@")
	return ok && strings.EqualFold(at, host) && !id.Read(local).IsZero()
}

// content reads a field such as Content-Type: its value in small letters and its parameters. What cannot be read is read
// as well as may be; otherwise stands for nothing at all.
func (h head) content(field, otherwise string) (string, map[string]string) {
	said := h.get(field)
	value, rest, _ := strings.Cut(said, ";")
	roughly := map[string]string{}
	for item := range strings.SplitSeq(rest, ";") {
		name, v, ok := strings.Cut(item, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := roughly[name]; ok && !twice {
			roughly[name] = strings.Trim(strings.TrimSpace(v), `"`)
		}
	}
	parsed, params, err := mime.ParseMediaType(said)
	if err == nil {
		params["filename*"] = roughly["filename*"] // the parser leaves out those of other charsets than UTF-8
	} else {
		value, _, _ = strings.Cut(value, "(") // a comment
		parsed, params = strings.ToLower(strings.TrimSpace(value)), roughly
	}
	if parsed == "" || field == "Content-Type" && strings.Count(parsed, "/") != 1 {
		parsed = otherwise
	}
	return parsed, params
}

// words decodes «=?iso-8859-1?Q?…?=»; what cannot be decoded stays.
func words(s string) string {
	d := mime.WordDecoder{CharsetReader: func(name string, r io.Reader) (io.Reader, error) {
		b, err := io.ReadAll(r)
		return strings.NewReader(decoded(b, name)), err
	}}
	if text, err := d.DecodeHeader(s); err == nil {
		s = text
	}
	return decoded([]byte(s), "")
}

// fileName is what a part calls its file, without folders; "" = nothing.
func fileName(disposition, kind map[string]string) string {
	name := disposition["filename"]
	if name == "" {
		name = kind["name"]
	}
	if name == "" {
		name = extended(disposition["filename*"])
	}
	if name == "" {
		return ""
	}
	name = path.Base(strings.ReplaceAll(words(name), `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		return ""
	}
	return name
}

// extended reads «iso-8859-1'fr'caf%E9.pdf», for the charsets that the standard library leaves alone.
func extended(s string) string {
	parts := strings.SplitN(s, "'", 3)
	if len(parts) != 3 {
		return s
	}
	b := []byte(parts[2])
	for i := 0; i+2 < len(b); i++ {
		hi, lo := hexDigit(b[i+1]), hexDigit(b[i+2])
		if b[i] == '%' && hi >= 0 && lo >= 0 {
			b = append(append(b[:i:i], byte(hi<<4|lo)), b[i+3:]...)
		}
	}
	return decoded(b, parts[0])
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

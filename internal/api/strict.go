package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// How much of JSON is taken.
const (
	mostBytes = 1 << 20
	mostDepth = 16
)

var (
	errJSON      = errors.New("api.json")
	errDuplicate = errors.New("api.json.duplicate")
	errTrailing  = errors.New("api.json.trailing")
	errDepth     = errors.New("api.json.depth")
	errUTF8      = errors.New("api.json.utf8")
)

// nullAt is a null, at that place: nothing here may be one. What is to stay is left out, what is to go is empty.
type nullAt string

func (n nullAt) Error() string { return saysNull + string(n) }

const saysNull = "api.null "

// decode reads a body. Huma reads each twice: first as anything, to look at it, where it is looked at here too; then as what
// the operation takes.
func decode(body []byte, v any) error {
	if _, first := v.(*any); first {
		if err := strict(body); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(body, v); err != nil {
		return errJSON
	}
	return nil
}

// strict refuses JSON that two readers may read differently: a name that comes twice, anything behind the end, what is no
// UTF-8; and what is nested deeper than anything here.
func strict(body []byte) error {
	if !utf8.Valid(body) || halves(body) {
		return errUTF8
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := value(d, 0, ""); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errTrailing
	}
	return nil
}

// halves reports whether a character is written by one of its two halves alone, \ud800 for one: readers differ in what that is.
func halves(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 == len(body) {
			return false
		}
		body = body[i+1:]
		if body[0] != 'u' {
			body = body[1:]
			continue
		}
		if first := unit(body); utf16.IsSurrogate(first) {
			if len(body) < 7 || body[5] != '\\' || utf16.DecodeRune(first, unit(body[6:])) == utf8.RuneError {
				return true
			}
			body = body[7:]
		}
	}
}

// unit reads u and four digits; what they are not is zero.
func unit(text []byte) rune {
	if len(text) < 5 || text[0] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(text[1:5]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

// value reads a value at that place.
func value(d *json.Decoder, depth int, at string) error {
	token, err := d.Token()
	if err != nil {
		return errJSON
	}
	if token == nil {
		return nullAt(at)
	}
	opened, ok := token.(json.Delim)
	if text, is := token.(string); is && strings.Contains(text, "\x00") {
		return errJSON
	}
	if !ok {
		return nil
	}
	if depth == mostDepth {
		return errDepth
	}
	names := map[string]bool{}
	for n := 0; d.More(); n++ {
		name := strconv.Itoa(n)
		if opened == '{' {
			token, err := d.Token()
			if err != nil {
				return errJSON
			}
			if name = token.(string); names[name] {
				return errDuplicate
			}
			names[name] = true
		}
		if err := value(d, depth+1, at+"/"+escaped(name)); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return errJSON
	}
	return nil
}

// escaped is a name as a JSON Pointer has it.
func escaped(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// sent is nil when what comes along can be what the operation takes: JSON, by its name, or nothing.
func (r *Request) sent() error {
	if r.row.uploads {
		return nil
	}
	r.call.Limit(r.http, mostBytes)
	if r.row.body {
		return r.isJSON()
	}
	if r.http.Method == http.MethodGet || r.http.Body == nil {
		return nil
	}
	content, err := io.ReadAll(io.LimitReader(r.http.Body, 64))
	if err != nil {
		return refused(http.StatusBadRequest, "api.broken_off")
	}
	if text := strings.TrimSpace(string(content)); text != "" && text != "{}" {
		return refused(http.StatusUnprocessableEntity, "api.body_unexpected")
	}
	return nil
}

// isJSON is nil for a body that says it is JSON in UTF-8, as RFC 8259 has it.
func (r *Request) isJSON() error {
	kind, more, err := mime.ParseMediaType(r.http.Header.Get("Content-Type"))
	charset := more["charset"]
	if err != nil || kind != "application/json" && !(r.http.Method == http.MethodPatch && kind == "application/merge-patch+json") || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return refused(http.StatusUnsupportedMediaType, "api.media_type")
	}
	r.http.Header.Set("Content-Type", "application/json")
	return nil
}

// precondition reads the version that the caller saw, where the operation needs it.
func (r *Request) precondition() error {
	if r.row.conditional {
		tag := strings.TrimPrefix(strings.TrimSpace(r.http.Header.Get("If-Match")), "W/")
		if tag == "" || tag == "*" {
			return refused(http.StatusPreconditionRequired, "api.if_match")
		}
		version, ok := versionOf(tag)
		if !ok {
			return refused(http.StatusPreconditionFailed, "fault.version")
		}
		r.Version = version
	}
	r.named()
	return nil
}

// versionOf reads the version out of an ETag: "12-k3Zq".
func versionOf(tag string) (int64, bool) {
	tag, quoted := strings.CutPrefix(tag, `"`)
	tag, closed := strings.CutSuffix(tag, `"`)
	number, _, _ := strings.Cut(tag, "-")
	n, err := strconv.ParseInt(number, 10, 64)
	return n, quoted && closed && err == nil && n >= 0
}

// named reads the name that a caller gave its request: the first of its kind, and known by it when it comes again.
func (r *Request) named() {
	if r.http.Method == http.MethodPost {
		r.key = r.http.Header.Get("Idempotency-Key")
	}
}

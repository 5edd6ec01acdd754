package locale

import (
	"fmt"
	"strings"
)

// pattern is a text cut at its variables. go-i18n would run it through text/template, at ten times the cost.
type pattern []part

// part is a piece of text and the name of the variable that follows it, "" at the end.
type part struct{ text, variable string }

// compile cuts source; an error if something other than {{.Name}} stands between braces.
func compile(source string) (pattern, error) {
	var p pattern
	for rest := source; rest != ""; {
		text, after, found := strings.Cut(rest, "{{")
		if !found {
			return append(p, part{text: text}), nil
		}
		action, next, closed := strings.Cut(after, "}}")
		name, dotted := strings.CutPrefix(strings.TrimSpace(action), ".")
		if !closed || !dotted || !isName(name) {
			return nil, fmt.Errorf("{{%s: only {{.Name}} may stand between braces", action)
		}
		p = append(p, part{text, name})
		rest = next
	}
	return p, nil
}

func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

func (p pattern) constant() bool {
	return len(p) == 0 || len(p) == 1 && p[0].variable == ""
}

// values are what a caller puts into a message, in either of the two shapes that callers have.
type values struct {
	pairs []any // name, value, name, value …
	named map[string]any
	n     int // of Count
	count bool
}

func (v *values) get(name string) (any, bool) {
	for i := 0; i+1 < len(v.pairs); i += 2 {
		if s, ok := v.pairs[i].(string); ok && s == name {
			return v.pairs[i+1], true
		}
	}
	x, ok := v.named[name]
	return x, ok
}

// number is what plural forms are chosen by: Count's n, or the value named N.
func (v *values) number() (int, bool) {
	if v.count {
		return v.n, true
	}
	x, _ := v.get("N")
	switch n := x.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	}
	return 0, false
}

package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// dynamic lists keys that the code puts together in a way that the search for quoted prefixes cannot see:
// prefix → where and why. Prefer "prefix." + name in the code, which needs no line here.
var dynamic = map[string]string{}

const repository = "../.."

// apart are the folders whose sources show nothing to persons.
var apart = []string{"test", "tools", "bench", "docs", "testdata", "var", "node_modules"}

func TestKeysAreUsed(t *testing.T) {
	t.Run("each key stands in the sources, whole or by a quoted prefix", func(t *testing.T) {
		words, prefixes := quoted(t)
		for _, e := range entries(t, French) {
			if base := e.base(); !words[base] && !startsWithAny(base, prefixes) {
				t.Errorf("%s: %s is used nowhere", e.file, base)
			}
		}
	})
	t.Run("each line of the list of dynamic keys is still needed", func(t *testing.T) {
		all := bases(byKey(entries(t, French)))
		for prefix, why := range dynamic {
			if !hasPrefix(all, prefix) || why == "" {
				t.Errorf("no key begins with %q (%s)", prefix, why)
			}
		}
	})
}

func TestKeysExist(t *testing.T) {
	all := byKey(entries(t, French))
	known := bases(all)
	for _, c := range calls(t) {
		switch {
		case c.prefix && !hasPrefix(known, c.key):
			t.Errorf("%s: no key begins with %q", c.at, c.key)
		case !c.prefix && known[c.key] == "":
			t.Errorf("%s: the catalogue has no key %q", c.at, c.key)
		case !c.prefix && c.complete:
			wantVariables(t, all, c)
		}
	}
}

// wantVariables fails if the call gives no value to a variable of the message, under any pair of nouns.
func wantVariables(t *testing.T, all map[string]entry, c call) {
	t.Helper()
	missing := map[string]bool{}
	for _, o := range organizationNouns {
		for _, h := range hostNouns {
			e, _ := variant(all, c.key, o, h)
			for _, name := range e.variables() {
				missing[name] = !slices.Contains(c.names, name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if missing[name] {
			t.Errorf("%s: %q needs a value for {{.%s}}", c.at, c.key, name)
		}
	}
}

// sources calls f with the path of each Go and templ file that is not a test.
func sources(t *testing.T, f func(path string)) {
	t.Helper()
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != repository && (slices.Contains(apart, name) || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if ext := filepath.Ext(name); ext == ".templ" || ext == ".go" && !strings.HasSuffix(name, "_test.go") {
			f(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var (
	quotedInTempl = regexp.MustCompile("\"([^\"\n]*)\"|`([^`]*)`")
	prefixShape   = regexp.MustCompile(`^([a-z][a-z0-9_]*\.([a-z0-9_]+[._])*)(%.*)?$`)
)

// quoted gives the quoted texts of the hand-written sources, and of those what keys may begin with:
// "role." as in "role." + name, "role.%s" as in a format.
func quoted(t *testing.T) (words map[string]bool, prefixes []string) {
	words = map[string]bool{}
	add := func(word string) {
		if words[word] {
			return
		}
		words[word] = true
		if m := prefixShape.FindStringSubmatch(word); m != nil {
			prefixes = append(prefixes, m[1])
		}
	}
	sources(t, func(path string) {
		switch {
		case strings.HasSuffix(path, "_templ.go"): // generated from the .templ beside it
		case strings.HasSuffix(path, ".templ"):
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range quotedInTempl.FindAllStringSubmatch(string(content), -1) {
				add(m[1] + m[2])
			}
		default:
			inspect(t, path, func(_ *token.FileSet, n ast.Node) {
				if text, ok := literal(n); ok {
					add(text)
				}
			})
		}
	})
	return words, slices.AppendSeq(prefixes, maps.Keys(dynamic))
}

// call is a place in the sources that names a key.
type call struct {
	at       string
	key      string
	prefix   bool     // the key goes on with something computed
	names    []string // of the values given
	complete bool     // names are all that is given
}

// calls finds p.Text("…"), p.Count("…"), fault.M("…"), fault.New(kind, "…") and fault.Message{Key: "…"} in Go
// files, generated ones included: that is where the calls of templ files can be read.
func calls(t *testing.T) []call {
	var all []call
	sources(t, func(path string) {
		if filepath.Ext(path) != ".go" {
			return
		}
		inspect(t, path, func(files *token.FileSet, n ast.Node) {
			key, rest, ok := keyArgument(n)
			if !ok {
				return
			}
			c := call{at: strings.TrimPrefix(files.Position(n.Pos()).String(), repository+"/")}
			if c.key, c.prefix, ok = leading(key); !ok {
				return
			}
			c.names, c.complete = names(n, rest)
			all = append(all, c)
		})
	})
	return all
}

// keyArgument finds in a call the expression that is the key, and the values that follow it.
func keyArgument(n ast.Node) (key ast.Expr, rest []ast.Expr, ok bool) {
	if composite, isComposite := n.(*ast.CompositeLit); isComposite && typeName(composite.Type) == "Message" {
		for _, element := range composite.Elts {
			if kv, isPair := element.(*ast.KeyValueExpr); isPair && typeName(kv.Key) == "Key" {
				return kv.Value, nil, true
			}
		}
	}
	c, isCall := n.(*ast.CallExpr)
	if !isCall {
		return nil, nil, false
	}
	at := map[string]int{"Text": 0, "Count": 0, "M": 0, "New": 1}
	name := typeName(c.Fun)
	position, wanted := at[name]
	if !wanted || len(c.Args) <= position || name == "New" && !isKind(c.Args[0]) || name == "Text" && ofPackage(c.Fun, "chromedp") {
		return nil, nil, false
	}
	rest = c.Args[position+1:]
	if name == "Count" && len(rest) > 0 {
		rest = rest[1:]
	}
	return c.Args[position], rest, true
}

// leading reads a key, or what stands before the first + of one that is put together.
func leading(key ast.Expr) (text string, prefix, ok bool) {
	if sum, isSum := key.(*ast.BinaryExpr); isSum {
		text, _, ok = leading(sum.X)
		return text, true, ok
	}
	text, ok = literal(key)
	return text, false, ok && text != ""
}

// names reads the names of alternating names and values; false if some are computed.
func names(n ast.Node, rest []ast.Expr) (list []string, complete bool) {
	c, isCall := n.(*ast.CallExpr)
	if !isCall || c.Ellipsis.IsValid() {
		return nil, false
	}
	if typeName(c.Fun) == "Count" {
		list = append(list, "N")
	}
	for i := 0; i < len(rest); i += 2 {
		name, ok := literal(rest[i])
		if !ok {
			return nil, false
		}
		list = append(list, name)
	}
	return list, true
}

// inspect parses a Go file and calls f with each of its nodes.
func inspect(t *testing.T, path string, f func(*token.FileSet, ast.Node)) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("cannot be read: %v", err)
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n != nil {
			f(set, n)
		}
		return true
	})
}

func literal(n ast.Node) (string, bool) {
	l, ok := n.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

// typeName is the last name of x: "M" of both fault.M and M.
func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

func isKind(x ast.Expr) bool {
	return slices.Contains([]string{"Invalid", "NotFound", "Conflict", "Forbidden", "Unauthenticated", "TooMany"}, typeName(x))
}

func ofPackage(x ast.Expr, name string) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && typeName(s.X) == name
}

func startsWithAny(key string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

func hasPrefix(keys map[string]string, prefix string) bool {
	for key := range keys {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

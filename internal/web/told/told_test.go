package told

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/locale"
)

// Every kind of line that a room writes can be told, in both languages and for all nouns, whoever did it.
func TestEveryKindHasItsSentence(t *testing.T) {
	kinds := kindsOfTheRooms(t)
	if len(kinds) < 20 {
		t.Fatalf("only %d kinds found: %v", len(kinds), kinds)
	}
	offered := map[string]bool{}
	for _, group := range Groups(locale.For(locale.French, locale.Company, locale.School, nil), nil) {
		for _, kind := range group.Kinds {
			offered[kind.Value] = true
		}
	}
	for kind := range kinds {
		for _, language := range locale.Languages() {
			p := locale.For(language, locale.Company, locale.School, nil)
			for _, prefix := range []string{"told.line.", "told.own.", "told.kind."} {
				if !p.Has(prefix + kind) {
					t.Errorf("%s: the catalogue has no %s%s", language, prefix, kind)
				}
			}
		}
		if !offered[kind] {
			t.Errorf("the filter does not offer %s", kind)
		}
	}
}

// rooms are the sources where lines are written.
const rooms = "../.."

// kindsOfTheRooms finds the kinds of line in the sources: every literal of the form «noun.past» that stands as Kind
// of a journal.Entry, or is handed to a function that writes one.
func kindsOfTheRooms(t *testing.T) map[string]bool {
	t.Helper()
	kinds := map[string]bool{}
	refusals := locale.For(locale.French, locale.Company, locale.School, nil) // keys of messages look alike
	shape := regexp.MustCompile(`^(contact|organization|workspace|staff|login|token|transfer|dispatch|journal|letter_text|request|document|canned_answer)\.[a-z_]+$`)
	err := filepath.WalkDir(rooms, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if face := regexp.MustCompile(`^\.\./\.\./(app|office|portal|public|web)/`); face.MatchString(filepath.ToSlash(path)) {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, expr := range kindExpressions(n) {
				if l, ok := expr.(*ast.BasicLit); ok && l.Kind == token.STRING {
					if text, err := strconv.Unquote(l.Value); err == nil && shape.MatchString(text) && !refusals.Has(text) {
						kinds[text] = true
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

// kindExpressions are the places where a kind may stand: «Kind: …», «kind := …», an element of a map of kinds, an
// argument of one of the functions that write lines.
func kindExpressions(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		return []ast.Expr{n.Value}
	case *ast.AssignStmt:
		return n.Rhs
	case *ast.CallExpr:
		switch name := callName(n); name {
		case "M", "New", "Text", "Count", "OnField", "Register", "Every", "Has":
		default:
			return n.Args
		}
	}
	return nil
}

func callName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

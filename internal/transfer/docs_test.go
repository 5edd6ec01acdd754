package transfer_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/entregent/entregent/internal/locale"
	"github.com/entregent/entregent/internal/transfer"
	"github.com/entregent/entregent/internal/transfer/list"
	"github.com/entregent/entregent/internal/transfer/sheet"
)

func TestPageOfImports(t *testing.T) {
	text, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("docs/import.md names every column of the templates", func(t *testing.T) {
		for _, noun := range []transfer.Noun{transfer.Contacts, transfer.Organizations} {
			var b bytes.Buffer
			if err := transfer.Template(&b, noun, list.CSV, printer(locale.French)); err != nil {
				t.Fatal(err)
			}
			r, err := sheet.Open(fileOf(b.Bytes()), sheet.Limits{}, func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if list := strings.Join(r.Header, ", "); !strings.Contains(strings.Join(strings.Fields(string(text)), " "), list) {
				t.Errorf("%s: %s", noun, list)
			}
		}
	})
}

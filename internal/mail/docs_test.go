package mail_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestPageOfLetters(t *testing.T) {
	page, err := os.ReadFile("../../docs/mail.md")
	if err != nil {
		t.Fatal(err)
	}
	catalogues, err := filepath.Glob("../locale/text/*.fr.json")
	if err != nil || len(catalogues) == 0 {
		t.Fatal(catalogues, err)
	}
	t.Run("docs/mail.md names every kind of letter", func(t *testing.T) {
		for _, name := range catalogues {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range regexp.MustCompile(`"mail\.kind\.([a-z_]+)"`).FindAllSubmatch(text, -1) {
				if !strings.Contains(string(page), "`"+string(kind[1])+"`") {
					t.Errorf("it does not name %s", kind[1])
				}
			}
		}
	})
}

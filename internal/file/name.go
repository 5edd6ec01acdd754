package file

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestName in bytes, as most file systems have it.
const longestName = 255

// nameless is what a file is called whose name held nothing that can stay.
const nameless = "fichier"

// cleanName makes of whatever a sender's machine calls a file a name that everybody's machine takes, that shows as what it
// is, and that ends as the content does: the last part of a path, without control, zero-width and direction signs.
func cleanName(name string, t content) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = norm.NFC.String(strings.Map(plainRune, strings.ToValidUTF8(name, "")))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	stem, ext := splitExt(name)
	stem = strings.TrimRight(stem, ". ")
	if ext != "" && stem == "" {
		stem, ext = ext[1:], ""
	}
	if stem == "" {
		stem = nameless
	}
	if device, _, _ := strings.Cut(stem, "."); isDevice(device) {
		stem = "_" + stem
	}
	if end := t.extension(ext); !strings.EqualFold(end, ext) {
		stem, ext = stem+ext, end
	}
	return cut(stem, longestName-len(ext)) + ext
}

// plainRune drops what does not show, or shows the rest otherwise than it is; signs that some systems refuse become «_».
func plainRune(r rune) rune {
	switch {
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Variation_Selector) || !unicode.IsGraphic(r):
		return -1
	}
	return r
}

// splitExt cuts the extension off, with its dot: up to ten letters and digits; "" when there is none.
func splitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	strange := func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') }
	if len(ext) < 2 || len(ext) > 11 || strings.ContainsFunc(ext[1:], strange) {
		return name, ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// devices are the words that Windows keeps for itself, whatever stands behind a dot.
var devices = []string{"con", "prn", "aux", "nul", "conin$", "conout$"}

func isDevice(stem string) bool {
	stem = strings.ToLower(strings.TrimSpace(stem))
	if rest, ok := strings.CutPrefix(stem, "com"); ok || strings.HasPrefix(stem, "lpt") {
		if !ok {
			rest = stem[3:]
		}
		return rest != "" && utf8.RuneCountInString(rest) == 1 && strings.ContainsAny(rest, "0123456789¹²³")
	}
	return slices.Contains(devices, stem)
}

// cut shortens text to so many bytes, at the end of a sign.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return strings.TrimRight(text[:most], ". ")
}

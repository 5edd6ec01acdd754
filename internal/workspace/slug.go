package workspace

import (
	"slices"
	"strings"

	"github.com/entregent/entregent/internal/fault"
	"github.com/entregent/entregent/internal/name"
)

// The length of a slug.
const (
	minSlug = 3
	maxSlug = 40
)

// reserved are the first segments of addresses that are the installation's own, now or perhaps one day; in the
// order of the alphabet. Faces find by Reserved whose an address is.
var reserved = []string{
	"about", "accessibility", "account", "activate", "activation", "address", "admin", "api", "apple-touch-icon.png", "assets",
	"auth", "brand", "calendar", "carddav", "dav", "debug", "demo-login", "docs", "error", "events", "favicon.ico",
	"favicon.svg", "feed", "files", "forgotten-password", "health", "healthz", "help", "humans.txt", "invitation",
	"invitations", "language", "legal", "login", "logout", "mail", "manifest.json", "manifest.webmanifest", "metrics",
	"new", "oauth", "offers", "office", "oidc", "passkey", "password", "portal", "privacy", "profile", "public", "readyz",
	"robots.txt", "root", "saml", "scim", "search", "security.txt", "service-worker.js", "session", "sessions",
	"settings", "setup", "sign-in", "sign-out", "sign-up", "sitemap.xml", "sso", "static", "status", "support", "system",
	"terms", "upload", "uploads", "user", "users", "version", "webauthn", "webdav", "webhooks", "well-known", "workspace",
	"workspaces", "www",
}

// Reserved reports whether the first segment of a path belongs to the installation and can be no workspace's
// slug. What could never be a slug («.well-known») belongs to the installation too.
func Reserved(segment string) bool {
	if _, found := slices.BinarySearch(reserved, segment); found {
		return true
	}
	return !shaped(segment)
}

// ParseSlug checks what an address is to name the workspace by: [a-z0-9-]{3,40}, no hyphen first or last, no
// word of the installation's own. It proposes what is nearest. An error is a fault.Message.
func ParseSlug(s string) (string, error) {
	s = strings.TrimSpace(s)
	_, taken := slices.BinarySearch(reserved, s)
	switch {
	case s == "":
		return "", fault.M("fault.required")
	case taken:
		return "", fault.M("workspace.slug_reserved")
	case shaped(s):
		return s, nil
	}
	m := fault.M("workspace.slug", "Min", minSlug, "Max", maxSlug)
	if near := nearest(s); shaped(near) && !Reserved(near) {
		m.Proposal = near
	}
	return "", m
}

func shaped(s string) bool {
	if len(s) < minSlug || len(s) > maxSlug || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return !slugRune(r) })
}

func slugRune(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' }

// nearest makes a slug of a name: «Brenval École» → «brenval-ecole».
func nearest(s string) string {
	if len(s) > 400 {
		return ""
	}
	words := strings.FieldsFunc(name.Fold(s), func(r rune) bool { return !slugRune(r) || r == '-' })
	s = strings.Join(words, "-")
	return strings.Trim(s[:min(len(s), maxSlug)], "-")
}

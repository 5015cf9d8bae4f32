package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Secret signs what a webhook is sent. The zero value is none.
type Secret struct{ key []byte }

// Format implements fmt.Formatter, so that no verb looks inside.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") } //nolint:errcheck // nowhere to tell

// secretPrefix marks a secret of Standard Webhooks.
const secretPrefix = "whsec_"

// ParseSecret reads "whsec_" and 24 to 64 bytes as base64. The error does not repeat it.
func ParseSecret(s string) (Secret, error) {
	coded, ok := strings.CutPrefix(s, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return Secret{}, errors.New("this is no secret of a webhook: it is whsec_ and 24 to 64 bytes as base64; make one with: echo whsec_$(openssl rand -base64 32)")
	}
	return Secret{key}, nil
}

// sign is the header webhook-signature: one signature for each secret.
func sign(secrets []Secret, id string, at time.Time, body []byte) string {
	var all []string
	for _, s := range secrets {
		mac := hmac.New(sha256.New, s.key)
		fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
		mac.Write(body)
		all = append(all, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	}
	return strings.Join(all, " ")
}

package pager

import (
	"context"
	"encoding/json"
	"time"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/notifier"
	"github.com/superoffice/statusd/notifier/hook"
)

// WebhookOptions for NewWebhook.
type WebhookOptions struct {
	hook.Options
	Page     string // name of the page
	Overview string // address of the operators' overview
}

// NewWebhook is the channel of a receiver of Standard Webhooks.
func NewWebhook(o WebhookOptions) (Channel, error) {
	to, err := hook.New(o.Options)
	if err != nil {
		return Channel{}, err
	}
	w := &webhook{o, to}
	return Channel{Name: KindWebhook, Kind: KindWebhook, Deliver: w.deliver}, nil
}

type webhook struct {
	o  WebhookOptions
	to *hook.Endpoint
}

// What a webhook is sent; docs/alarms.md describes it.
type (
	hookBody struct {
		Type      string    `json:"type"` // always "alarms"
		Timestamp time.Time `json:"timestamp"`
		Data      hookData  `json:"data"`
	}
	hookData struct {
		Page     string      `json:"page"`
		Overview string      `json:"overview"`
		Alarms   []hookAlarm `json:"alarms"`
	}
	hookAlarm struct {
		Word    data.Word      `json:"word"`
		Kind    data.AlarmKind `json:"kind"`
		Subject string         `json:"subject"`
		Title   string         `json:"title"`
		Detail  string         `json:"detail"`
		Do      string         `json:"do"`
		Urgent  bool           `json:"urgent"`
		Since   time.Time      `json:"since"`
		By      *time.Time     `json:"by"`
		Ended   *time.Time     `json:"ended"`
		Back    int            `json:"came_back"`
	}
)

func (w *webhook) body(m Message) ([]byte, error) {
	out := hookBody{Type: "alarms", Timestamp: m.At.UTC(), Data: hookData{Page: w.o.Page, Overview: w.o.Overview}}
	for _, i := range m.Items {
		text := data.Alarms[i.Kind]
		out.Data.Alarms = append(out.Data.Alarms, hookAlarm{
			Word: i.Word, Kind: i.Kind, Subject: i.Subject, Title: text.Title, Detail: i.Detail, Do: text.Do, Urgent: i.Urgent,
			Since: i.Since.UTC(), By: instant(i.By), Ended: instant(i.Cleared), Back: i.Back,
		})
	}
	return json.Marshal(out)
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (w *webhook) deliver(ctx context.Context, m Message) error {
	body, err := w.body(m)
	if err != nil {
		return &notifier.SendError{Outcome: notifier.Refused, Reason: "the message cannot be written as JSON"}
	}
	return w.to.Post(ctx, m.ID, body)
}

package admin

import (
	"net/url"

	"github.com/superoffice/statusd/data"
	"github.com/superoffice/statusd/data/i18n"
	"github.com/superoffice/statusd/web/api"
)

// wordsForm is what readers are told beside the facts: own words, in as many languages as somebody writes them, or a text that is
// there in all of them.
type wordsForm struct {
	Body       string
	Langs      []wording
	Translated bool
	Template   string
	Templates  []option
}

// Open says whether something is filled in.
func (f wordsForm) Open() bool { return f.Body != "" || f.Translated || f.Template != "" }

func (p *Pages) wordsForm(c *catalogue) wordsForm {
	var f wordsForm
	for _, l := range i18n.Langs[1:] {
		f.Langs = append(f.Langs, wording{Lang: string(l), Name: l.Name()})
	}
	for _, t := range c.templates {
		if english := p.said(t)["en"]; english != "" && len(t.Title) == 0 {
			f.Templates = append(f.Templates, option{t.Name, english})
		}
	}
	return f
}

// said is a template's text by language; nothing where it speaks of something that only an incident has.
func (p *Pages) said(t api.Template) data.Words {
	out := data.Words{}
	for lang, text := range t.Body {
		whole := true
		out[lang] = i18n.Fill(text, func(name string) (string, bool) {
			value := map[string]string{"product": p.API.Settings.Product, "support": p.API.Settings.Support}[name]
			whole = whole && value != ""
			return value, value != ""
		})
		if !whole {
			return nil
		}
	}
	return out
}

func (f *wordsForm) fill(v url.Values) {
	f.Body, f.Template, f.Translated = v.Get("body"), v.Get("template"), false
	langs := make([]wording, 0, len(f.Langs))
	for _, w := range f.Langs {
		w.Body = v.Get("body:" + w.Lang)
		f.Translated = f.Translated || w.Body != ""
		langs = append(langs, w)
	}
	f.Langs = langs
}

// wordsOf reads it. Own words win over a template.
func (p *Pages) wordsOf(v *visit) (body string, bodies data.Words, err error) {
	form := v.r.PostForm
	body, bodies = form.Get("body"), bodiesOf(form)
	name := form.Get("template")
	if name == "" || body != "" || len(bodies) > 0 {
		return body, bodies, nil
	}
	c, err := p.catalogue(v)
	if err != nil {
		return "", nil, err
	}
	for _, t := range c.templates {
		if t.Name == name {
			if bodies = p.said(t); bodies["en"] != "" {
				body = bodies["en"]
				delete(bodies, "en")
				return body, bodies, nil
			}
		}
	}
	return "", nil, data.Invalid("template", "that text is not there any more, or does not fit a window: take another, or write your own")
}

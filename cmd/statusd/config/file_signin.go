package config

type signIn struct {
	OIDC *oidcClient `yaml:"oidc" doc:"An identity provider that speaks OpenID Connect. At the provider, allow the redirect address admin_url + /signin/callback."`
}

type oidcClient struct {
	Issuer      string    `yaml:"issuer" req:"yes" doc:"The provider's issuer, letter by letter as it stands in its discovery document." eg:"https://login.example.com"`
	ClientID    string    `yaml:"client_id" req:"yes" doc:"Name of this service at the provider." eg:"statusd"`
	SecretFile  string    `yaml:"client_secret_file" doc:"File that holds the client's secret alone, relative to this file; not readable for everybody. Give this or client_secret_env."`
	SecretEnv   string    `yaml:"client_secret_env" doc:"Environment variable that holds the client's secret." eg:"OIDC_CLIENT_SECRET"`
	Scopes      []string  `yaml:"scopes" doc:"What to ask for besides openid, so that names and groups come with the answer. Without it: profile and email." eg:"groups"`
	GroupsClaim string    `yaml:"groups_claim" def:"groups" doc:"The claim that holds a person's groups: a text or a list of texts."`
	Roles       roleLists `yaml:"roles" req:"yes" doc:"Which groups may do what. Whoever is in several groups has the highest role; whoever is in none may not sign in."`
	Label       string    `yaml:"label" doc:"What the button on the sign-in page says. Without it: the issuer's host." eg:"Example login"`
	Test        bool      `yaml:"test" doc:"Allows a loopback issuer without TLS, for a stand-in."`
}

type roleLists struct {
	Viewer    []string `yaml:"viewer" doc:"Groups that may look." eg:"staff"`
	Responder []string `yaml:"responder" doc:"Groups that may also tell people: declare and update incidents, steer windows." eg:"on-call"`
	Admin     []string `yaml:"admin" doc:"Groups that may do everything." eg:"status-admins"`
}

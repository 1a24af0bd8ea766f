{{- define "cupola.labels" -}}
app.kubernetes.io/name: cupola
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "cupola.selector" -}}
app.kubernetes.io/name: cupola
app.kubernetes.io/component: operator
{{- end }}

{{- define "cupola.image" -}}
{{ .repository }}:{{ .tag }}
{{- end }}

namespace HealthIngestion.Show;

/// <summary>Colours, or none: of the sixteen that every terminal has, so that they suit its background.</summary>
internal sealed record Paint(bool HasColor)
{
    public string Bold(string text) => With("1", text);

    public string Dim(string text) => With("2", text);

    public string Line(string text) => With("36", text);

    /// <summary>A block of a heat map, from 0 for the lightest level to 3 for the fullest.</summary>
    public string Heat(int level, string text) => With(level switch { 0 => "34", 1 => "36", 2 => "32", _ => "1;33" }, text);

    private string With(string code, string text) => HasColor && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}

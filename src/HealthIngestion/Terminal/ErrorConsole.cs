using System.Text;
using HealthIngestion.Formatting;
using Spectre.Console;

namespace HealthIngestion.Terminal;

/// <summary>Spectre on standard error: used only where that is a terminal.</summary>
internal static class ErrorConsole
{
    public static IAnsiConsole Create() => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Yes,
        ColorSystem = ErrorTerminal.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.Yes,
        Out = new Output(),
    });

    public static void Write(IAnsiConsole console, FigureTable figures)
    {
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        for (int i = 0; i < figures.Header.Count; i++)
        {
            TableColumn column = new(new Text(figures.Header[i], new Style(decoration: Decoration.Bold)));
            table.AddColumn(figures.IsLeftAligned(i) ? column.LeftAligned() : column.RightAligned());
        }

        foreach (IReadOnlyList<string> row in figures.Rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    private sealed class Output : IAnsiConsoleOutput
    {
        public TextWriter Writer => ErrorTerminal.Writer;

        public bool IsTerminal => true;

        public int Width => ErrorTerminal.Width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}

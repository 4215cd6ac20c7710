using System.Text;

namespace HealthIngestion.Tests;

/// <summary>As much of a terminal as is needed to see what a person sees at the end: lines, cursor moves, erasing.</summary>
public sealed class Screen
{
    private readonly List<StringBuilder> _lines = [new()];
    private int _row, _column;

    public bool IsCursorShown { get; private set; } = true;

    public IReadOnlyList<string> Lines => [.. _lines.Select(l => l.ToString().TrimEnd())];

    public static Screen Of(string sent)
    {
        Screen screen = new();
        for (int i = 0; i < sent.Length; i++)
        {
            switch (sent[i])
            {
                case '\r':
                    screen._column = 0;
                    break;
                case '\n':
                    screen.MoveTo(screen._row + 1);
                    break;
                case '\x1b' when i + 1 < sent.Length && sent[i + 1] == '[':
                    int end = i + 2;
                    while (!char.IsAsciiLetter(sent[end]))
                    {
                        end++;
                    }

                    screen.Obey(sent[end], sent[(i + 2)..end]);
                    i = end;
                    break;
                default:
                    screen.Put(sent[i]);
                    break;
            }
        }

        return screen;
    }

    private void Obey(char command, string parameter)
    {
        int count = int.TryParse(parameter, out int given) ? given : 1;
        switch (command)
        {
            case 'A':
                MoveTo(Math.Max(0, _row - count));
                break;
            case 'B':
                MoveTo(_row + count);
                break;
            case 'K' when parameter == "2":
                _lines[_row].Clear();
                break;
            case 'K':
                _lines[_row].Length = Math.Min(_column, _lines[_row].Length);
                break;
            case 'h' or 'l' when parameter == "?25":
                IsCursorShown = command == 'h';
                break;
            case 'm':
                break;
            default:
                Assert.Fail($"the screen does not know ESC [ {parameter} {command}");
                break;
        }
    }

    private void Put(char c)
    {
        StringBuilder line = _lines[_row];
        while (line.Length <= _column)
        {
            line.Append(' ');
        }

        line[_column++] = c;
    }

    private void MoveTo(int row)
    {
        _row = row;
        while (_lines.Count <= row)
        {
            _lines.Add(new StringBuilder());
        }
    }
}

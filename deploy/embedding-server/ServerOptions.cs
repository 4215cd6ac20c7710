using System.Globalization;
using System.Net;

namespace EmbeddingServer;

/// <summary>What the command line asks for.</summary>
internal sealed record ServerOptions
{
    public const string Usage = """
        Usage: embedding-server [--listen ADDRESS:PORT] [--model DIR] [--device cpu|cuda] [--threads N]
                                [--max-tokens N] [--max-texts N] [--batch N]

          --listen ADDRESS:PORT  where to listen (default: 127.0.0.1:8080)
          --model DIR            a folder with model.onnx and vocab.txt of a BERT sentence model (default: all-MiniLM-L6-v2)
          --device NAME          cpu, or cuda in a build with -p:Cuda=true (default: cpu)
          --threads N            threads of the model on the CPU (default: one for each core)
          --max-tokens N         longer texts are cut off after so many tokens, 8 to 8192 (default: 256)
          --max-texts N          a request with more texts gets 413 (default: 256)
          --batch N              the most texts that the model gets at once (default: 32)
        """;

    public IPEndPoint Listen { get; private set; } = new(IPAddress.Loopback, 8080);

    /// <summary>A folder with a model; null for the one that comes with the program.</summary>
    public string? Model { get; private set; }

    public string Device { get; private set; } = "cpu";

    public int Threads { get; private set; } = Environment.ProcessorCount;

    public int MaxTokens { get; private set; } = 256;

    public int MaxTexts { get; private set; } = 256;

    public int Batch { get; private set; } = 32;

    public bool ShowsUsage { get; private set; }

    /// <summary>A longer body gets 413.</summary>
    public long MaxBodyBytes { get; } = 8 << 20;

    /// <summary>Requests that wait for the model; further ones get 429.</summary>
    public int MaxWaiting { get; } = 64;

    /// <exception cref="FormatException">An option is unknown, or its value is wrong.</exception>
    public static ServerOptions Parse(string[] arguments)
    {
        ServerOptions options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name is "--help" or "-h")
            {
                options.ShowsUsage = true;
                return options;
            }

            string value = i + 1 < arguments.Length ? arguments[++i] : throw new FormatException($"{name} needs a value, or is unknown");
            switch (name)
            {
                case "--listen":
                    options.Listen = IPEndPoint.TryParse(value, out IPEndPoint? place) && value.Contains(':', StringComparison.Ordinal) ? place : throw new FormatException($"--listen {value} is not ADDRESS:PORT");
                    break;
                case "--model":
                    options.Model = value;
                    break;
                case "--device":
                    options.Device = value is "cpu" or "cuda" ? value : throw new FormatException("--device is cpu or cuda");
                    break;
                case "--threads":
                    options.Threads = Number(name, value, 1, 1024);
                    break;
                case "--max-tokens":
                    options.MaxTokens = Number(name, value, 8, 8192);
                    break;
                case "--max-texts":
                    options.MaxTexts = Number(name, value, 1, 65536);
                    break;
                case "--batch":
                    options.Batch = Number(name, value, 1, 4096);
                    break;
                default:
                    throw new FormatException($"unknown option {name}");
            }
        }

        return options;
    }

    private static int Number(string name, string value, int min, int max) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw new FormatException($"{name} {value} is not a number from {min} to {max}");
}

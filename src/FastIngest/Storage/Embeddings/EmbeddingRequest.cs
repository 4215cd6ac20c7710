using System.Buffers;
using System.Globalization;
using System.Text;
using FastIngest.Delivery;
using FastIngest.Json;

namespace FastIngest.Storage.Embeddings;

/// <summary>Writes the body of <c>POST /v1/embeddings</c>, and estimates the tokens of texts.</summary>
internal static class EmbeddingRequest
{
    /// <summary>
    /// A token of English prose has about four bytes, and one of numbers and names about three. The estimate is rather too high,
    /// so that a request stays below the limit of the server.
    /// </summary>
    private const int BytesPerToken = 3;

    /// <summary>The tokens at the begin and the end of a text.</summary>
    private const int FrameTokens = 2;

    public static int EstimateTokens(ReadOnlySpan<byte> text) => (text.Length / BytesPerToken) + 1 + FrameTokens;

    /// <summary>Writes <c>{"input": [TEXT, …], "model": …, "dimensions": …, "encoding_format": "base64"}</c>.</summary>
    /// <param name="output">Receives the body.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="model">The model; null leaves it out.</param>
    /// <param name="dimensions">The count of numbers of a vector; null leaves it out.</param>
    /// <param name="isBase64">Whether the server shall send vectors as base64, which is a third of the bytes; without it, it sends numbers.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<PendingSummary> texts, string? model, int? dimensions, bool isBase64)
    {
        output.Write("{\"input\": ["u8);
        for (int i = 0; i < texts.Length; i++)
        {
            output.Write(i == 0 ? ""u8 : ", "u8);
            JsonText.Write(output, texts[i].Text);
        }

        output.Write("]"u8);
        if (model is not null)
        {
            output.Write(", \"model\": "u8);
            JsonText.Write(output, Encoding.UTF8.GetBytes(model));
        }

        if (dimensions is { } count)
        {
            output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $", \"dimensions\": {count}")));
        }

        output.Write(isBase64 ? ", \"encoding_format\": \"base64\"}"u8 : "}"u8);
    }
}

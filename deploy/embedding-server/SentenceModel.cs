using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace EmbeddingServer;

/// <summary>
/// A BERT sentence model. A text becomes tokens, the network gives a vector for each token, and their mean, without those of the
/// padding, of length 1, is the vector of the text.
/// </summary>
internal sealed class SentenceModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly BertTokenizer _tokenizer;
    private readonly RunOptions _run = new();
    private readonly string[] _inputs;
    private readonly string _output;
    private readonly int _maxTokens, _batch;

    private SentenceModel(string name, InferenceSession session, BertTokenizer tokenizer, ServerOptions options)
    {
        Name = name;
        _session = session;
        _tokenizer = tokenizer;
        _maxTokens = options.MaxTokens;
        _batch = options.Batch;
        _inputs = [.. session.InputMetadata.Keys];
        _output = session.OutputMetadata.First(o => o.Value.Dimensions.Length == 3).Key;
        Dimensions = session.OutputMetadata[_output].Dimensions[2];
        if (Dimensions <= 0)
        {
            Dimensions = Embed(["health"]).Vectors[0].Length;
        }
    }

    public string Name { get; }

    /// <summary>The count of numbers of a vector.</summary>
    public int Dimensions { get; }

    /// <exception cref="InvalidDataException">The network is no BERT sentence model.</exception>
    public static SentenceModel Open(ServerOptions options)
    {
        ModelFiles files = ModelFiles.Read(options.Model);
        using Microsoft.ML.OnnxRuntime.SessionOptions session = new() { IntraOpNumThreads = options.Threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        if (options.Device == "cuda")
        {
            session.AppendExecutionProvider_CUDA();
        }

        using MemoryStream vocabulary = new(files.Vocabulary);
        InferenceSession network = new(files.Network, session);
        if (!network.InputMetadata.ContainsKey("input_ids") || !network.OutputMetadata.Any(o => o.Value.Dimensions.Length == 3))
        {
            network.Dispose();
            throw new InvalidDataException("it has no input input_ids or no output with a vector for each token");
        }

        return new SentenceModel(files.Name, network, BertTokenizer.Create(vocabulary), options);
    }

    /// <summary>Embeds texts, the shortest ones together, so that little is padded.</summary>
    /// <returns>The vectors in the order of the texts, and the number of tokens.</returns>
    public (float[][] Vectors, long Tokens) Embed(IReadOnlyList<string> texts)
    {
        int[][] tokens = [.. texts.Select(Tokenize)];
        int[] order = [.. Enumerable.Range(0, tokens.Length).OrderBy(i => tokens[i].Length)];
        float[][] vectors = new float[texts.Count][];
        foreach (int[] part in order.Chunk(_batch))
        {
            EmbedPart(part, tokens, vectors);
        }

        return (vectors, tokens.Sum(t => (long)t.Length));
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private int[] Tokenize(string text)
    {
        // The last token ends the text, also when it is cut off.
        int[] ids = [.. _tokenizer.EncodeToIds(text)];
        if (ids.Length > _maxTokens)
        {
            ids[_maxTokens - 1] = ids[^1];
            Array.Resize(ref ids, _maxTokens);
        }

        return ids;
    }

    private void EmbedPart(int[] part, int[][] tokens, float[][] vectors)
    {
        int longest = tokens[part[^1]].Length;
        long[] ids = new long[part.Length * longest], mask = new long[ids.Length], types = new long[ids.Length];
        for (int row = 0; row < part.Length; row++)
        {
            int[] text = tokens[part[row]];
            for (int i = 0; i < text.Length; i++)
            {
                ids[(row * longest) + i] = text[i];
                mask[(row * longest) + i] = 1;
            }
        }

        long[] shape = [part.Length, longest];
        OrtValue[] values = [.. _inputs.Select(name => OrtValue.CreateTensorValueFromMemory(name switch { "input_ids" => ids, "attention_mask" => mask, _ => types }, shape))];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(_run, _inputs, values, [_output]);
            ReadOnlySpan<float> numbers = outputs[0].GetTensorDataAsSpan<float>();
            int dimensions = numbers.Length / ids.Length;
            for (int row = 0; row < part.Length; row++)
            {
                vectors[part[row]] = Mean(numbers.Slice(row * longest * dimensions, tokens[part[row]].Length * dimensions), dimensions);
            }
        }
        finally
        {
            foreach (OrtValue value in values)
            {
                value.Dispose();
            }
        }
    }

    /// <summary>The mean of the vectors of the tokens, scaled to the length 1.</summary>
    private static float[] Mean(ReadOnlySpan<float> numbers, int dimensions)
    {
        float[] sum = new float[dimensions];
        for (int at = 0; at < numbers.Length; at += dimensions)
        {
            for (int i = 0; i < dimensions; i++)
            {
                sum[i] += numbers[at + i];
            }
        }

        double squares = 0;
        foreach (float number in sum)
        {
            squares += (double)number * number;
        }

        double length = Math.Sqrt(squares);
        for (int i = 0; i < dimensions && length > 0; i++)
        {
            sum[i] = (float)(sum[i] / length);
        }

        return sum;
    }
}
